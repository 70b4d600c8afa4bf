package scripts_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"howett.net/plist"
)

// The scripts name their tools by absolute path. The tests run a copy of a
// script in which these paths, and those of files, begin with a folder. The
// tools there are this test program under other names: they answer as those
// of macOS do, from a model of the Mac in a file, and note how they were
// called.

// A mac is the model. It lives in a file, because each tool is a process.
type mac struct {
	// Jobs are what launchd has loaded, by label.
	Jobs map[string]*job
	// Disabled are the labels that were switched off with launchctl.
	Disabled []string
	// Settling counts the attempts for which launchd does not take a job
	// whose predecessor has just ended.
	Settling int
	// Refuses makes launchd take no job at all.
	Refuses bool
	// Undeletable are ends of paths that rm cannot delete, Unownable of paths
	// that chown cannot change.
	Undeletable, Unownable []string
	Receipts               []string
	Owned                  map[string]string // by chown
	Quarantined            []string          // paths with the attribute
	UID                    int
	Slept                  int // seconds
	Calls                  []string
}

// A job is one that launchd has loaded.
type job struct {
	// Runs is false once it was asked to end. It is gone after having been
	// seen Slow times more; with -1 only when it is killed, and with -2 never.
	Leaving bool
	Slow    int
	// Dialogs are the windows that the job has opened.
	Dialogs int
}

const modelEnv = "FAKE_MAC"

func TestMain(m *testing.M) {
	if tool, ok := tools[filepath.Base(os.Args[0])]; ok {
		os.Exit(runTool(tool, os.Args))
	}
	os.Exit(m.Run())
}

// tools are the tools that the scripts use, by name.
var tools = map[string]func(m *mac, args []string) int{
	"launchctl": launchctl, "rm": rm, "sleep": sleep, "date": date, "pkgutil": pkgutil,
	"chown": chown, "xattr": xattr, "PlistBuddy": plistBuddy, "defaults": defaults, "id": id,
}

func runTool(tool func(*mac, []string) int, args []string) int {
	name := os.Getenv(modelEnv)
	m := readMac(name)
	m.Calls = append(m.Calls, strings.Join(append([]string{filepath.Base(args[0])}, args[1:]...), " "))
	code := tool(m, args[1:])
	m.write(name)
	return code
}

func readMac(name string) *mac {
	data, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	m := &mac{}
	if err := json.Unmarshal(data, m); err != nil {
		panic(err)
	}
	return m
}

func (m *mac) write(name string) {
	data, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		panic(err)
	}
}

func fail(code int, format string, args ...any) int {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	return code
}

func launchctl(m *mac, args []string) int {
	label := strings.TrimPrefix(args[len(args)-1], "system/")
	j := m.Jobs[label]
	switch args[0] {
	case "print":
		if j == nil {
			return fail(113, "Bad request.\nCould not find service %q in domain for system", label)
		}
		if j.Leaving && j.Slow > 0 {
			if j.Slow--; j.Slow == 0 {
				delete(m.Jobs, label)
			}
		}
		return 0
	case "enable":
		m.Disabled = slices.DeleteFunc(m.Disabled, func(d string) bool { return d == label })
		return 0
	case "bootout":
		if j == nil {
			return fail(3, "Boot-out failed: 3: No such process")
		}
		j.Leaving = true
		j.Dialogs = 0
		if j.Slow == 0 {
			delete(m.Jobs, label)
			return 0
		}
		return fail(36, "Boot-out failed: 36: Operation now in progress")
	case "kill":
		if j != nil && j.Slow == -1 && args[1] == "SIGKILL" {
			delete(m.Jobs, label)
		}
		return 0
	case "bootstrap":
		return bootstrap(m, args[2])
	}
	return fail(64, "Unrecognized subcommand: %s", args[0])
}

func bootstrap(m *mac, file string) int {
	const ioError = "Bootstrap failed: 5: Input/output error\nTry re-running the command as root for richer errors."
	info, err := os.Stat(file)
	label := strings.TrimSuffix(filepath.Base(file), ".plist")
	switch {
	case err != nil, info.Mode().Perm()&0o022 != 0, m.Refuses:
		return fail(5, ioError)
	case slices.Contains(m.Disabled, label):
		return fail(119, "Bootstrap failed: 119: Service is disabled")
	case m.Jobs[label] != nil && m.Jobs[label].Leaving:
		return fail(37, "Bootstrap failed: 37: Operation already in progress")
	case m.Jobs[label] != nil:
		return fail(5, ioError)
	case m.Settling > 0:
		m.Settling--
		return fail(5, ioError)
	}
	m.Jobs[label] = &job{}
	return 0
}

func hasEnd(path string, ends []string) bool {
	return slices.ContainsFunc(ends, func(e string) bool { return strings.HasSuffix(path, e) })
}

func rm(m *mac, args []string) int {
	code := 0
	for _, p := range args[1:] {
		if hasEnd(p, m.Undeletable) {
			code = fail(1, "rm: %s: Operation not permitted", p)
		} else if err := os.RemoveAll(p); err != nil {
			code = fail(1, "rm: %v", err)
		}
	}
	return code
}

func sleep(m *mac, args []string) int {
	n := 0
	fmt.Sscan(args[0], &n)
	m.Slept += n
	return 0
}

func date(_ *mac, args []string) int {
	fmt.Println("at", args[1])
	return 0
}

func pkgutil(m *mac, args []string) int {
	id := args[len(args)-1]
	if !slices.Contains(m.Receipts, id) {
		return fail(1, "No receipt for '%s' found at '/'.", id)
	}
	m.Receipts = slices.DeleteFunc(m.Receipts, func(r string) bool { return r == id })
	fmt.Printf("Forgot package '%s' on '/'.\n", id)
	return 0
}

func chown(m *mac, args []string) int {
	recursive := args[0] == "-R"
	if recursive {
		args = args[1:]
	}
	for _, p := range args[1:] {
		if hasEnd(p, m.Unownable) {
			return fail(1, "chown: %s: Operation not permitted", p)
		}
		if _, err := os.Lstat(p); err != nil {
			return fail(1, "chown: %v", err)
		}
		m.Owned[p] = args[0]
		if recursive {
			filepath.WalkDir(p, func(q string, _ os.DirEntry, _ error) error {
				m.Owned[q] = args[0]
				return nil
			})
		}
	}
	return 0
}

// xattr is called with -dr and the attribute of quarantine.
func xattr(m *mac, args []string) int {
	if args[0] != "-dr" || args[1] != "com.apple.quarantine" {
		return fail(64, "usage")
	}
	m.Quarantined = slices.DeleteFunc(m.Quarantined, func(q string) bool {
		return slices.ContainsFunc(args[2:], func(p string) bool { return q == p || strings.HasPrefix(q, p+"/") })
	})
	return 0
}

func readDict(file string) (map[string]any, bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, false
	}
	dict := map[string]any{}
	_, err = plist.Unmarshal(data, &dict)
	return dict, err == nil
}

// plistBuddy knows the commands Print and Delete.
func plistBuddy(_ *mac, args []string) int {
	file := args[2]
	dict, ok := readDict(file)
	if !ok {
		return fail(1, "File Doesn't Exist, Will Create: %s", file)
	}
	command, key, hasKey := strings.Cut(args[1], " :")
	switch v, found := dict[key]; {
	case command == "Print" && !hasKey:
		fmt.Println("Dict {")
		for k, v := range dict {
			fmt.Printf("    %s = %v\n", k, v)
		}
		fmt.Println("}")
	case !found:
		return fail(1, "%s: Entry, %q, Does Not Exist", command, ":"+key)
	case command == "Print":
		fmt.Println(v)
	case command == "Delete":
		delete(dict, key)
		return writeDict(file, dict)
	default:
		return fail(1, "Unrecognized Command")
	}
	return 0
}

func defaults(_ *mac, args []string) int {
	file := args[1] + ".plist"
	dict, ok := readDict(file)
	if _, found := dict[args[2]]; !ok || !found || args[0] != "delete" {
		return fail(1, "Domain (%s) not found.\nDefaults have not been changed.", args[1])
	}
	delete(dict, args[2])
	return writeDict(file, dict)
}

func writeDict(file string, dict map[string]any) int {
	data, err := plist.Marshal(dict, plist.BinaryFormat)
	if err != nil {
		return fail(1, "%v", err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return fail(1, "%v", err)
	}
	return 0
}

func id(m *mac, _ []string) int {
	fmt.Println(m.UID)
	return 0
}
