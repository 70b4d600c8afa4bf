package deployed

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"howett.net/plist"
)

// The scripts of the package call tools of macOS by absolute path. The
// simulated Mac brings those that touch what it models, such as launchctl and
// pkgutil. The rest of them change files only; this test program answers for
// those that differ from the machine's own, under their names.
var tools = map[string]func(args []string) error{
	"PlistBuddy": plistBuddy,
	"chown":      chown,
	"date":       date,
	"id":         func([]string) error { _, err := fmt.Println(0); return err },
	"sleep":      func([]string) error { return nil },
	"xattr":      func([]string) error { return nil },
	"installer":  installPackage,
	"pkgutil":    receipts,
}

func TestMain(m *testing.M) {
	if tool, ok := tools[filepath.Base(os.Args[0])]; ok {
		if err := tool(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// chown changes no owner, because the tests need not be root's. What it gets
// has to be there, and has to become root's.
func chown(args []string) error {
	if args[0] == "-R" {
		args = args[1:]
	}
	if args[0] != "root:wheel" {
		return fmt.Errorf("chown: %s: illegal owner", args[0])
	}
	for _, p := range args[1:] {
		if _, err := os.Lstat(p); err != nil {
			return err
		}
	}
	return nil
}

// date is called as date -r SECONDS FORM.
func date(args []string) error {
	_, err := fmt.Println("second " + args[1])
	return err
}

// plistBuddy is called as PlistBuddy -c COMMAND FILE, with Print, Print :KEY or
// Delete :KEY.
func plistBuddy(args []string) error {
	file := args[2]
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	dict := map[string]any{}
	if _, err := plist.Unmarshal(data, &dict); err != nil {
		return err
	}
	command, key, one := strings.Cut(args[1], " :")
	value, found := dict[key]
	switch {
	case command == "Print" && !one:
		for k, v := range dict {
			fmt.Printf("    %s = %v\n", k, v)
		}
		return nil
	case !found:
		return fmt.Errorf("%s: Entry, %q, Does Not Exist", command, ":"+key)
	case command == "Print":
		_, err := fmt.Println(value)
		return err
	case command == "Delete":
		delete(dict, key)
		data, err := plist.Marshal(dict, plist.BinaryFormat)
		if err != nil {
			return err
		}
		return os.WriteFile(file, data, 0o600)
	}
	return fmt.Errorf("unrecognized command %q", command)
}
