package main

import (
	"bytes"
	"testing"

	"installordefer/internal/cli"
	"installordefer/internal/golden"
)

// What an administrator reads of five Macs at a moment at which somebody would ask.
func TestFiveMacsAreExplained(t *testing.T) {
	for name, at := range map[string]string{"freeze": "1d3h", "two-dates": "1d4h", "ward": "2d", "bad-update": "1d3h", "apple-silicon": "3h"} {
		var out, errs bytes.Buffer
		if code := program().Run([]string{"explain", name, "--at", at}, nil, &out, &errs); code != cli.ExitOK {
			t.Errorf("%s: %d, %s", name, code, &errs)
		}
		golden.Check(t, "testdata/explained/"+name+".txt", out.String())
	}
}
