package fleet_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"installordefer/internal/fleet"
)

// TestTheQueryForDuckDBSaysTheSame runs the query of docs/siem.md where DuckDB is
// installed, in a zone that is not UTC.
func TestTheQueryForDuckDBSaysTheSame(t *testing.T) {
	duckdb, err := exec.LookPath("duckdb")
	if err != nil {
		t.Skip("there is no duckdb here")
	}
	page, err := os.ReadFile("../../docs/siem.md")
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(string(page), "The same with DuckDB, over JSON lines:\n\n")
	query, _, _ = strings.Cut(query, ";")
	now := time.Now().UTC()
	var lines bytes.Buffer
	for _, word := range []string{"current", "pending", "deferred", "held", "due", "overdue", "blocked", "unknown"} {
		for _, left := range []time.Duration{-100 * time.Hour, -3 * time.Hour, 3 * time.Hour, 100 * time.Hour} {
			fmt.Fprintf(&lines, `{"schema": 1, "status": %q, "deadline": %q, "written": %q}`+"\n", word, now.Add(left).Format(time.RFC3339), now.Format(time.RFC3339))
		}
		fmt.Fprintf(&lines, `{"schema": 1, "status": %q, "written": %q}`+"\n", word, now.Format(time.RFC3339))
	}
	lines.WriteString("no json\n")
	dir := t.TempDir()
	path := filepath.Join(dir, "statuses.jsonl")
	if err := os.WriteFile(path, lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(duckdb, "-csv", "-c", query)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TZ=America/New_York")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	table := fleet.Table{At: now}
	if err := fleet.Read(path, &table); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(out)), "\n")[1:]
	if len(rows) != len(table.Words) {
		t.Errorf("%d words of %d:\n%s", len(rows), len(table.Words), out)
	}
	for _, row := range rows {
		word, count, _ := strings.Cut(strings.TrimSpace(row), ",")
		if want := fmt.Sprint(table.Words[word]); count != want {
			t.Errorf("%s: %s Macs, and fleet says %s", word, count, want)
		}
	}
}
