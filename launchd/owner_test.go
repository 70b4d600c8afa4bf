package launchd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/tool"
)

const (
	anasUUID = "3F1C9D52-0A6B-4B6E-9A3E-5D1D2E8F7A10"
	bensUUID = "A81B2C3D-4E5F-4A6B-8C7D-9E0F1A2B3C4D"
)

func volumeUser(kind, uuid, owner string) string {
	return fmt.Sprintf("\t\t<dict>\n\t\t\t<key>APFSCryptoUserType</key>\n\t\t\t<string>%s</string>\n\t\t\t<key>APFSCryptoUserUUID</key>\n\t\t\t<string>%s</string>\n%s\t\t</dict>\n", kind, uuid, owner)
}

func volumeUsers(users ...string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Users</key>
	<array>
` + strings.Join(users, "") + "\t</array>\n</dict>\n</plist>\n")
}

const (
	isOwner  = "\t\t\t<key>VolumeOwner</key>\n\t\t\t<true/>\n"
	notOwner = "\t\t\t<key>VolumeOwner</key>\n\t\t\t<false/>\n"
)

func TestTheOwnersOfTheStartupDisk(t *testing.T) {
	const (
		dscl     = "/usr/bin/dscl . -read /Users/ana GeneratedUID"
		diskutil = "/usr/sbin/diskutil apfs listUsers / -plist"
	)
	ana := tool.Result{Stdout: []byte("GeneratedUID: " + anasUUID + "\n")}
	tests := []struct {
		name           string
		dscl, diskutil tool.Result
		want           bool
		err            error
	}{
		{"an owner", ana, tool.Result{Stdout: volumeUsers(volumeUser("LocalOpenDirectory", bensUUID, notOwner), volumeUser("LocalOpenDirectory", anasUUID, isOwner))}, true, nil},
		{"in small letters", tool.Result{Stdout: []byte("GeneratedUID: " + strings.ToLower(anasUUID) + "\n")}, tool.Result{Stdout: volumeUsers(volumeUser("LocalOpenDirectory", anasUUID, isOwner))}, true, nil},
		{"one who can unlock but not own", ana, tool.Result{Stdout: volumeUsers(volumeUser("LocalOpenDirectory", anasUUID, notOwner))}, false, nil},
		{"no word on owners", ana, tool.Result{Stdout: volumeUsers(volumeUser("LocalOpenDirectory", anasUUID, ""))}, false, nil},
		{"not among them", ana, tool.Result{Stdout: volumeUsers(volumeUser("LocalOpenDirectory", bensUUID, isOwner))}, false, nil},
		{"a recovery key of the same name", ana, tool.Result{Stdout: volumeUsers(volumeUser("PersonalRecovery", anasUUID, isOwner))}, false, nil},
		{"nobody", ana, tool.Result{Stdout: volumeUsers()}, false, nil},
		{"no such account", tool.Result{Stdout: []byte("No such key: GeneratedUID\n")}, tool.Result{}, false, errUnreadable},
		{"no list", ana, tool.Result{Stdout: []byte("Cryptographic users for disk3s1s1 (2 found)\n")}, false, errUnreadable},
		{"an empty answer", ana, tool.Result{}, false, errUnreadable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := answering(t, map[string]tool.Result{dscl: tt.dscl, diskutil: tt.diskutil})
			got, err := h.IsVolumeOwner(context.Background(), ConsoleUser{"ana", 501})
			if got != tt.want || !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	for _, failing := range []string{dscl, diskutil} {
		h := answering(t, map[string]tool.Result{dscl: ana})
		h.Runner.(*fakeRunner).errs = map[string]error{failing: tool.ErrNotStarted}
		if owner, err := h.IsVolumeOwner(context.Background(), ConsoleUser{"ana", 501}); owner || !errors.Is(err, tool.ErrNotStarted) {
			t.Errorf("%v, %v", owner, err)
		}
	}
	if owner, err := answering(t, nil).IsVolumeOwner(context.Background(), ConsoleUser{"../ana", 501}); owner || err == nil {
		t.Error("a name that is a path was looked up")
	}
}

func TestAdministrators(t *testing.T) {
	const dscl = "/usr/bin/dscl . -read /Groups/admin GroupMembership"
	for _, tt := range []struct {
		name, says string
		want, err  bool
	}{
		{"one of them", "GroupMembership: root ana\n", true, false},
		{"one of a list on lines of its own", "GroupMembership:\n root\n ana\n", true, false},
		{"a name that begins like one", "GroupMembership: root anabel\n", false, false},
		{"a group without anybody", "No such key: GroupMembership\n", false, true},
		{"an empty answer", "", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := answering(t, map[string]tool.Result{dscl: {Stdout: []byte(tt.says)}})
			if admin, err := h.IsAdministrator(t.Context(), ConsoleUser{"ana", 501}); admin != tt.want || (err != nil) != tt.err {
				t.Errorf("%v, %v", admin, err)
			}
		})
	}
}

func TestAllAccountsThatUnlockTheDisk(t *testing.T) {
	got, err := ParseVolumeUsers(volumeUsers(
		volumeUser("LocalOpenDirectory", anasUUID, isOwner),
		volumeUser("MDMRecovery", "2457711A-523C-4604-B75A-F48A571D5036", isOwner),
		volumeUser("LocalOpenDirectory", bensUUID, notOwner)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]VolumeUser{{anasUUID, true}, {bensUUID, false}}, got); d != "" {
		t.Error(d)
	}
}

func TestWhatIsNoPropertyListIsRefused(t *testing.T) {
	const head = `<?xml version="1.0"?><plist version="1.0">`
	for name, text := range map[string]string{
		"empty":               "",
		"blank":               " \n",
		"an empty list":       head + "</plist>",
		"an empty dictionary": head + "<dict/></plist>",
		"an array":            head + "<array><string>x</string></array></plist>",
		"the oldest form":     `{ Users = ( ); }`,
		"a word":              "hello = world;",
		"cut off":             head + "<dict><key>Users</key><arr",
		"other types":         head + "<dict><key>Users</key><string>all</string></dict></plist>",
		"bplist and rubbish":  "bplist00\x00\xff\xff\xff",
		"deep":                head + strings.Repeat("<array>", 5000) + strings.Repeat("</array>", 5000) + "</plist>",
		"too large":           head + strings.Repeat(" ", mostPlist) + "<dict><key>Users</key><array/></dict></plist>",
	} {
		if users, err := ParseVolumeUsers([]byte(text)); !errors.Is(err, errUnreadable) {
			t.Errorf("%s: %v, %v", name, users, err)
		}
	}
}

func FuzzParseVolumeUsers(f *testing.F) {
	f.Add(volumeUsers(volumeUser("LocalOpenDirectory", anasUUID, isOwner)))
	f.Add([]byte("bplist00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if users, err := ParseVolumeUsers(text); err != nil && users != nil {
			t.Errorf("%v and %v", users, err)
		}
	})
}

func FuzzParseGeneratedUID(f *testing.F) {
	f.Add([]byte("GeneratedUID: " + anasUUID + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if uuid, ok := ParseGeneratedUID(text); ok != (len(uuid) == 36) {
			t.Errorf("%q, %v", uuid, ok)
		}
	})
}

func TestBootstrapToken(t *testing.T) {
	const asked = "/usr/bin/profiles status -type bootstraptoken"
	for _, c := range []struct {
		out   string
		code  int
		held  bool
		fails bool
	}{
		{"profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n", 0, true, false},
		{"profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: NO\n", 0, false, false},
		{"profiles: Bootstrap Token supported on server: NO\n", 0, false, true},
		{"profiles: this command requires root privileges\n", 1, false, true},
	} {
		held, err := answering(t, map[string]tool.Result{asked: {Stdout: []byte(c.out), ExitCode: c.code}}).BootstrapToken(t.Context())
		if held != c.held || (err != nil) != c.fails {
			t.Errorf("%q: %v, %v", c.out, held, err)
		}
	}
}

func TestDisabled(t *testing.T) {
	const asked = "/bin/launchctl print-disabled system"
	for _, c := range []struct {
		entry    string
		disabled bool
	}{
		{"\"" + string(testID) + "\" => disabled", true},
		{"\"" + string(testID) + "\" => true", true}, // before macOS 13
		{"\"" + string(testID) + "\" => enabled", false},
		{"\"" + string(testID) + ".other\" => disabled", false},
		{"", false},
	} {
		out := "\tdisabled services = {\n\t\t\"com.apple.ftpd\" => disabled\n\t\t" + c.entry + "\n\t}\n"
		disabled, err := answering(t, map[string]tool.Result{asked: {Stdout: []byte(out)}}).Disabled(t.Context())
		if disabled != c.disabled || err != nil {
			t.Errorf("%q: %v, %v", c.entry, disabled, err)
		}
	}
}
