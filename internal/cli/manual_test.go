package cli

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// small is a program with two commands.
func small() Program {
	nothing := func(Call) (int, error) { return ExitOK, nil }
	return Program{
		Name: "small-thing", Version: "1", Usage: "It is small.\n\nCommands:\n%s\nFlags:\n%s",
		Define: func(*Flags) Action { return nothing },
		Commands: []Command{
			{Name: "status", What: "say how it is", Usage: ".starts with a dot \\ and\n'quote\n%s", Define: func(f *Flags) Action {
				f.Bool("json", false, "print JSON")
				f.String("date", "", "a `form`")
				return nothing
			}},
			{Name: "settings", What: "show them", Usage: "Show.\n%s", Words: "[KEY...]", Define: func(*Flags) Action { return nothing }},
		},
	}
}

func run(t *testing.T, args ...string) (string, string, int) {
	t.Helper()
	var out, errs bytes.Buffer
	code := small().Run(args, nil, &out, &errs)
	return out.String(), errs.String(), code
}

func TestCompletion(t *testing.T) {
	script, _, code := run(t, "completion", "bash")
	if code != ExitOK {
		t.Fatal(code)
	}
	for _, c := range []struct{ line, want string }{
		{"st", "status"},
		{"s", "status settings"},
		{"com", "completion"},
		{"status --j", "--json"},
		{"status --", "--date --json --help"},
		{"settings --", "--help"},
	} {
		t.Run("bash completes "+c.line, func(t *testing.T) {
			words := strings.Fields(c.line)
			ask := script + "COMP_WORDS=(small-thing " + c.line + "); COMP_CWORD=" + string(rune('0'+len(words))) + "; _small_thing; echo \"${COMPREPLY[*]}\""
			out, err := exec.Command("bash", "--norc", "-c", ask).CombinedOutput()
			if err != nil || strings.TrimSpace(string(out)) != c.want {
				t.Errorf("%q, %v; want %q", out, err, c.want)
			}
		})
	}
	t.Run("zsh takes it", func(t *testing.T) {
		script, _, _ := run(t, "completion", "zsh")
		zsh, err := exec.LookPath("zsh")
		if err != nil {
			t.Skip("no zsh")
		}
		cmd := exec.Command(zsh, "-f", "-c", "autoload -Uz compinit && compinit -D -u\n"+script+"print -r -- $_comps[small-thing]")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "_small_thing") {
			t.Errorf("%q, %v", out, err)
		}
	})
	if _, errs, code := run(t, "completion", "fish"); code != ExitUsage || !strings.Contains(errs, "it is bash or zsh") {
		t.Errorf("%d, %q", code, errs)
	}
}

func TestManualPage(t *testing.T) {
	page, _, code := run(t, "man")
	if code != ExitOK {
		t.Fatal(code)
	}
	for _, reader := range [][]string{{"mandoc", "-T", "ascii"}, {"groff", "-Tascii", "-mdoc"}} {
		t.Run(reader[0]+" shows it", func(t *testing.T) {
			path, err := exec.LookPath(reader[0])
			if err != nil {
				t.Skip("no " + reader[0])
			}
			cmd := exec.Command(path, reader[1:]...)
			cmd.Stdin = strings.NewReader(page)
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			if err := cmd.Run(); err != nil || errs.Len() > 0 {
				t.Fatalf("%v: %s", err, errs.String())
			}
			for _, want := range []string{"It is small.", ".starts with a dot \\ and", "'quote", "--json", "say how it is"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("it does not show %q:\n%s", want, out.String())
				}
			}
		})
	}
}

func TestAWordThatWasMeantIsAskedFor(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"stauts", `there is no command "stauts"; did you mean "status"?`},
		{"elephant", `there is no command "elephant"` + "\n"},
		{"status --josn", `unknown flag: --josn; did you mean "--json"?`},
		{"status --elephant", "unknown flag: --elephant\n"},
	} {
		var errs bytes.Buffer
		if code := small().Run(strings.Fields(c.args), nil, io.Discard, &errs); code != ExitUsage || !strings.Contains(errs.String(), c.says) {
			t.Errorf("%s: %d, %q", c.args, code, errs.String())
		}
	}
}
