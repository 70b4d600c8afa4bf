package fleet_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"installordefer/internal/fleet"
	"installordefer/internal/golden"
	"installordefer/internal/statusfile"
)

var at = time.Date(2026, 11, 30, 20, 0, 0, 0, time.UTC)

// some is a small fleet: one Mac of each kind, and what is not a status.
func some(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	put := func(name string, data []byte) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mac := func(name string, word statusfile.Word, deadline time.Time, more func(*statusfile.Status)) {
		t.Helper()
		s := statusfile.Status{Identifier: "com.example", Version: "1.2.0", Word: word, MacOS: "26.6", Build: "25G72", Hardware: "intel", Deadline: deadline, Written: at.Add(-time.Hour)}
		if more != nil {
			more(&s)
		}
		put(name, s.Encode())
	}
	mac("C01.status.plist", statusfile.Current, time.Time{}, func(s *statusfile.Status) { s.MacOS, s.Written = "26.7", at.Add(-90*24*time.Hour) })
	mac("C02.plist", statusfile.Deferred, at.Add(30*time.Hour), func(s *statusfile.Status) { s.Deferrals = 4 })
	mac("berlin/C03.plist", statusfile.Deferred, at.Add(-3*24*time.Hour), func(s *statusfile.Status) { s.Written = at.Add(-5 * 24 * time.Hour) })
	mac("berlin/C04.plist", statusfile.Blocked, at.Add(-20*24*time.Hour), func(s *statusfile.Status) {
		s.WaitingFor, s.LastError = "power adapter", "<script>alert(1)</script> & =1+1"
		s.Updates = []statusfile.Update{{Label: "a", Name: "A", Restart: true}}
	})
	mac("berlin/C05.plist", statusfile.Unknown, time.Time{}, func(s *statusfile.Status) { s.WaitingFor = "check" })
	put("berlin/lines.jsonl", []byte(`{"schema": 1, "hostname": "=cmd|'/C calc'!A0", "status": "due", "deadline": "2026-11-30T18:00:00Z", "written": "2026-11-30T19:00:00Z", "waitingFor": "answer"}
no json

{"schema": 1, "status": "pending", "deadline": "2026-12-20T18:00:00Z", "written": "2026-11-30T19:00:00Z", "macOS": "15.7.2\u001b[31m"}
{"schema": 1, "status": "pending", "prompts": "many"}
`+`{"long": "`+strings.Repeat("x", 70<<10)+`"}
`))
	put("broken.plist", []byte("<plist><dict><key>a</key></dict></plist>"))
	put("pretty.json", []byte("{\n  \"schema\": 1,\n  \"serial\": \"C09\",\n  \"status\": \"held\"\n}\n"))
	put("notes.txt", []byte("none of this is read"))
	put(".DS_Store", []byte("nor this"))
	return folder
}

func read(t *testing.T, path string) *fleet.Table {
	t.Helper()
	table := &fleet.Table{At: at}
	if err := fleet.Read(path, table); err != nil {
		t.Fatal(err)
	}
	for i, e := range table.Examples {
		table.Examples[i] = strings.ReplaceAll(e, path, "FOLDER")
	}
	return table
}

func TestRead(t *testing.T) {
	table := read(t, some(t))
	var text bytes.Buffer
	if err := table.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/some.txt", text.Bytes())
	data, err := json.MarshalIndent(table.Report(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/some.json", data)
	t.Run("one Mac is told of as one", func(t *testing.T) {
		one := &fleet.Table{At: at}
		if err := one.Mac(fleet.Mac{Status: statusfile.Status{Word: statusfile.Deferred, Deadline: at.Add(time.Hour), Written: at.Add(-72 * time.Hour)}}); err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := one.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(text.String(), "\n")
		if want := "1 of 1 Mac (100.0 %) complies: it is current, or its deadline is still to come. Nothing was heard for two days of 1 Mac that is not current: look there first."; first != want {
			t.Errorf("%q, want %q", first, want)
		}
	})
	t.Run("nothing is no fleet, and nothing fails", func(t *testing.T) {
		var text bytes.Buffer
		if err := read(t, t.TempDir()).WriteText(&text); err != nil || text.String() != "No status was read.\n" {
			t.Errorf("%q, %v", text.String(), err)
		}
	})
}

func TestCSV(t *testing.T) {
	var out bytes.Buffer
	c := fleet.NewCSV(&out, at)
	if err := fleet.Read(some(t), c); err != nil {
		t.Fatal(err)
	}
	if err := c.Flush(); err != nil || c.Skipped != 4 {
		t.Errorf("%d were no status, %v", c.Skipped, err)
	}
	rows, err := csv.NewReader(bytes.NewReader(out.Bytes())).ReadAll()
	if err != nil || len(rows) != 9 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a spreadsheet takes %q for a formula", cell)
			}
		}
	}
	golden.Check(t, "testdata/some.csv", out.Bytes())
}

func TestWritePage(t *testing.T) {
	var out bytes.Buffer
	if err := read(t, some(t)).WritePage(&out); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/some.html", out.Bytes())
	for _, needs := range []string{"<script", " src=", " href=", "url(", "@import", "http:", "https:"} {
		if strings.Contains(out.String(), needs) {
			t.Errorf("the page has %s", needs)
		}
	}
}

// row is the row that --csv writes of one line of JSON, by the names of its columns.
func row(t *testing.T, line string) map[string]string {
	t.Helper()
	var out bytes.Buffer
	c := fleet.NewCSV(&out, at)
	if err := errors.Join(fleet.ReadFrom(strings.NewReader(line), "input", "input", c), c.Flush()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%q, %v", rows, err)
	}
	cells := map[string]string{}
	for i, name := range rows[0] {
		cells[name] = rows[1][i]
	}
	return cells
}

func TestOddStatuses(t *testing.T) {
	t.Run("what steers a terminal, or turns text round, is in no cell", func(t *testing.T) {
		cells := row(t, `{"schema":1,"name":"a\u001b[31mb\u202ec\r\nd","status":"held","hardware":"\u0000x","lastError":"grün 漢"}`)
		if cells["name"] != "a\uFFFD[31mb\uFFFDc\uFFFD\uFFFDd" || cells["hardware"] != "\uFFFDx" || cells["lastError"] != "grün 漢" {
			t.Errorf("%q", cells)
		}
	})
	t.Run("the days to a deadline are right for thousands of years", func(t *testing.T) {
		if got := row(t, `{"schema":1,"status":"pending","deadline":"9999-11-30T20:00:00Z"}`)["daysLeft"]; got != "2912078.0" {
			t.Errorf("%s days are left", got)
		}
	})
	t.Run("a byte order mark is no part of a line", func(t *testing.T) {
		for _, text := range []string{"{\"schema\":1,\"status\":\"held\"}", "{\n\"schema\":1,\"status\":\"held\"}", string(statusfile.Status{Word: statusfile.Held}.Encode())} {
			table := &fleet.Table{At: at}
			if err := fleet.ReadFrom(strings.NewReader("\ufeff"+text), "input", "input", table); err != nil || table.Macs != 1 {
				t.Errorf("%q: %d Macs, %v, %q", text, table.Macs, err, table.Examples)
			}
		}
	})
	t.Run("a status that is not known is named, and stands in no share", func(t *testing.T) {
		table := &fleet.Table{At: at}
		err := fleet.ReadFrom(strings.NewReader(`{"schema":1,"status":"bogus"}`), "input", "input", table)
		if want := `input, line 1: its status is "bogus", which this program does not know`; err != nil || table.Macs != 0 || len(table.Examples) != 1 || table.Examples[0] != want {
			t.Errorf("%d Macs, %q, %v", table.Macs, table.Examples, err)
		}
	})
	t.Run("a link that leads nowhere, and a pipe, are named and not opened", func(t *testing.T) {
		folder := t.TempDir()
		if err := errors.Join(os.Symlink("nowhere", folder+"/a.plist"), syscall.Mkfifo(folder+"/b.json", 0o600), os.Symlink("c.txt", folder+"/c.plist"),
			os.WriteFile(folder+"/c.txt", statusfile.Status{Word: statusfile.Held}.Encode(), 0o600)); err != nil {
			t.Fatal(err)
		}
		table := read(t, folder)
		if table.Macs != 1 || len(table.Examples) != 2 {
			t.Errorf("%d Macs, %q", table.Macs, table.Examples)
		}
	})
}

// many writes n lines of a fleet.
func many(w io.Writer, n int) {
	for i := range n {
		fmt.Fprintf(w, `{"schema":1,"name":"mac-%07d","status":"overdue","version":"%d","macOS":"26.%d","deadline":"2026-11-%02dT%02d:00:00Z","written":"2026-11-30T19:00:00Z","waitingFor":"answer","updates":[{"label":"macOS Tahoe 26.7-25G229","name":"macOS Tahoe 26.7","restart":true}]}`+"\n", i, i, i%1000, 1+i%28, i%24)
	}
}

func TestAFleetOfAnySizeTakesTheSameMemory(t *testing.T) {
	taken := func(n int) (uint64, *fleet.Table) {
		r, w := io.Pipe()
		go func() { many(w, n); w.Close() }()
		table := &fleet.Table{At: at}
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := fleet.ReadFrom(r, "lines", "lines", table); err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		return after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc), table
	}
	few, _ := taken(5_000)
	lots, table := taken(50_000)
	if lots > 2*few+1<<20 {
		t.Errorf("%d bytes are kept of 50,000 Macs, and %d of 5,000", lots, few)
	}
	report := table.Report()
	list, more := report.Overdue, report.More
	if table.Macs != 50_000 || len(list) != 1000 || more != 49_000 || len(table.Versions) > 201 {
		t.Errorf("%d Macs, %d overdue and %d more, %d versions", table.Macs, len(list), more, len(table.Versions))
	}
	for i := range list[1:] {
		if list[i].Days < list[i+1].Days {
			t.Fatalf("%v stands before %v", list[i].Days, list[i+1].Days)
		}
	}
	if first := 29.8; list[0].Days != first {
		t.Errorf("the first is overdue for %v days, not %v", list[0].Days, first)
	}
}

func FuzzReadFrom(f *testing.F) {
	f.Add([]byte(`{"schema":1,"status":"due","deadline":"2026-11-30T18:00:00Z"}`))
	f.Add(statusfile.Status{Word: statusfile.Due}.Encode())
	f.Add([]byte("{\n\"schema\":1,\"status\":\"due\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table := &fleet.Table{At: at}
		if err := fleet.ReadFrom(bytes.NewReader(data), "input", "input", table); err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := table.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(text.String(), "\x1b\x00\r") {
			t.Errorf("the text steers a terminal: %q", text.String())
		}
		if err := table.WritePage(io.Discard); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkReadFrom(b *testing.B) {
	var lines bytes.Buffer
	many(&lines, 1000)
	b.SetBytes(int64(lines.Len()))
	for b.Loop() {
		if err := fleet.ReadFrom(bytes.NewReader(lines.Bytes()), "lines", "lines", &fleet.Table{At: at}); err != nil {
			b.Fatal(err)
		}
	}
}
