package installer_test

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"installordefer/internal/golden"
	"installordefer/pkg/formats/payload"
	"installordefer/pkg/formats/xar"
	"installordefer/pkg/installer"
	"installordefer/pkg/internal/sample"
)

func component(t testing.TB, p installer.Package) []byte {
	t.Helper()
	return made(t, p.Component)
}

func product(t testing.TB, p installer.Package) []byte {
	t.Helper()
	return made(t, p.Product)
}

func made(t testing.TB, write func(w io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPackagesReadBackAndPassTheCheck(t *testing.T) {
	t.Parallel()
	p := sample.Package(t)
	for name, data := range map[string][]byte{"component": component(t, p), "product": product(t, p)} {
		if err := installer.Check(data, installer.Expect{Identifier: string(sample.ID)}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		c, err := installer.Open(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff(p.Payload, c.Payload); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if d := cmp.Diff(p.Scripts, c.Scripts); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if c.Product() != (name == "product") || c.Identifier() != p.Identifier || c.Version() != p.Version {
			t.Errorf("%s: read back as %v %s %s", name, c.Product(), c.Identifier(), c.Version())
		}
	}
}

func TestTheSameContentsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	p := sample.Package(t)
	again := sample.Package(t)
	again.Time = p.Time.In(time.FixedZone("elsewhere", 5*3600))
	if !bytes.Equal(component(t, p), component(t, again)) || !bytes.Equal(product(t, p), product(t, again)) {
		t.Error("two packages of the same contents differ")
	}
	again.Time = again.Time.Add(time.Second)
	if bytes.Equal(component(t, p), component(t, again)) {
		t.Error("the time of the package does not show in it")
	}
}

// The two texts that people and MDMs read, in full.
func TestTheTextsOfAPackage(t *testing.T) {
	t.Parallel()
	members, err := xar.Read(product(t, sample.Package(t)))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]byte{}
	for _, m := range append(members, members[1].Files...) {
		texts[m.Name] = m.Data
	}
	for _, name := range []string{"PackageInfo", "Distribution"} {
		golden.Check(t, filepath.Join("testdata", name+".golden"), texts[name])
	}
}

func TestWhatHasNoNameNoVersionOrNoTimeIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*installer.Package){
		"identifier": func(p *installer.Package) { p.Identifier = "updates" },
		"shell":      func(p *installer.Package) { p.Identifier = "com.example.$(id)" },
		"version":    func(p *installer.Package) { p.Version = "v1" },
		"no version": func(p *installer.Package) { p.Version = "" },
		"time":       func(p *installer.Package) { p.Time = time.Time{} },
	} {
		p := sample.Package(t)
		change(&p)
		if err := p.Component(io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
		if err := p.Product(io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

const (
	support = "Library/Application Support/" + string(sample.ID)
	jobFile = "Library/LaunchDaemons/" + string(sample.ID) + ".plist"
)

// entry gives access to one entry of a tree.
func entry(t *testing.T, tr payload.Tree, p string) *payload.Entry {
	t.Helper()
	for i := range tr {
		if tr[i].Path == p {
			return &tr[i]
		}
	}
	t.Fatalf("no %s", p)
	return nil
}

func without(tr payload.Tree, p string) payload.Tree {
	var out payload.Tree
	for _, e := range tr {
		if e.Path != p && !strings.HasPrefix(e.Path, p+"/") {
			out = append(out, e)
		}
	}
	return out
}

// with adds a file to a tree, with the folders above it.
func with(t *testing.T, tr payload.Tree, p string, data []byte) payload.Tree {
	t.Helper()
	files := map[string][]byte{p: data}
	for _, e := range tr {
		if !e.Dir {
			files[e.Path] = e.Data
		}
	}
	out, err := payload.New(files)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// wrongPackages are put together well and wrong all the same.
var wrongPackages = map[string]struct {
	change func(t *testing.T, p *installer.Package)
	want   string
}{
	"a job file that others can write": {
		func(t *testing.T, p *installer.Package) { entry(t, p.Payload, jobFile).Mode = 0o666 },
		"has mode 0666 and owner 0:0, and must have mode 0644",
	},
	"a job file of a person": {
		func(t *testing.T, p *installer.Package) { entry(t, p.Payload, jobFile).UID = 501 },
		"owner 501:0",
	},
	"a program that cannot be started": {
		func(t *testing.T, p *installer.Package) {
			entry(t, p.Payload, support+"/install-or-defer").Mode = 0o644
		},
		"install-or-defer has mode 0644",
	},
	"a program with setuid": {
		func(t *testing.T, p *installer.Package) {
			entry(t, p.Payload, support+"/install-or-defer").Mode = 0o4755
		},
		"has mode 4755",
	},
	"a folder of macOS with another group": {
		func(t *testing.T, p *installer.Package) { entry(t, p.Payload, "Library/Application Support").GID = 0 },
		"owner 0:80",
	},
	"a folder that others can write": {
		func(t *testing.T, p *installer.Package) { entry(t, p.Payload, support).Mode = 0o777 },
		"has mode 0777",
	},
	"no root job": {func(t *testing.T, p *installer.Package) { p.Payload = without(p.Payload, support+"/install-or-defer") }, "has no /" + support + "/install-or-defer"},
	"no job file": {func(t *testing.T, p *installer.Package) { p.Payload = without(p.Payload, jobFile) }, "has no /" + jobFile},
	"no helper": {func(t *testing.T, p *installer.Package) {
		p.Payload = without(p.Payload, support+"/Install or Defer.app")
	}, "install-or-defer-prompt"},
	"no uninstall":   {func(t *testing.T, p *installer.Package) { p.Payload = without(p.Payload, support+"/uninstall") }, "/uninstall"},
	"no preinstall":  {func(t *testing.T, p *installer.Package) { p.Scripts = without(p.Scripts, "preinstall") }, "the script preinstall is missing"},
	"no postinstall": {func(t *testing.T, p *installer.Package) { p.Scripts = without(p.Scripts, "postinstall") }, "the script postinstall is missing"},
	"a file elsewhere": {
		func(t *testing.T, p *installer.Package) {
			p.Payload = with(t, p.Payload, "Library/Scripts/x.sh", []byte("#!/bin/sh\n"))
		},
		"Library/Scripts/x.sh is outside",
	},
	"an empty folder": {
		func(t *testing.T, p *installer.Package) {
			p.Payload = append(p.Payload, payload.Entry{Path: "Library/Zebra", Dir: true, Mode: 0o755})
		},
		"a folder is missing, doubled or empty",
	},
	"a program for one processor": {
		func(t *testing.T, p *installer.Package) {
			entry(t, p.Payload, support+"/install-or-defer").Data = sample.Thin(0x0100000c, "arm64 only")
		},
		"does not run on both kinds of Mac",
	},
	"a job with another label": {
		func(t *testing.T, p *installer.Package) {
			e := entry(t, p.Payload, jobFile)
			e.Data = bytes.Replace(e.Data, []byte("<string>"+string(sample.ID)+"</string>"), []byte("<string>com.other</string>"), 1)
		},
		`has the label "com.other"`,
	},
	"a job with another program": {
		func(t *testing.T, p *installer.Package) {
			e := entry(t, p.Payload, jobFile)
			e.Data = bytes.Replace(e.Data, []byte("/install-or-defer</string>"), []byte("/other</string>"), 1)
		},
		"must start",
	},
	"a job file that is no property list": {
		func(t *testing.T, p *installer.Package) { entry(t, p.Payload, jobFile).Data = []byte("<plist>") },
		"the job file:",
	},
	"a script for another shell": {
		func(t *testing.T, p *installer.Package) {
			e := entry(t, p.Scripts, "preinstall")
			e.Data = append([]byte("#!/bin/zsh\n"), e.Data...)
		},
		"does not begin with #!/bin/sh",
	},
	"a script with the line ends of Windows": {
		func(t *testing.T, p *installer.Package) {
			e := entry(t, p.Scripts, "preinstall")
			e.Data = bytes.ReplaceAll(e.Data, []byte("set -u\n"), []byte("set -u\r\n"))
		},
		"line ends",
	},
	"a script for another identifier": {
		func(t *testing.T, p *installer.Package) {
			e := entry(t, p.Scripts, "postinstall")
			e.Data = bytes.ReplaceAll(e.Data, []byte(sample.ID), []byte("com.other"))
		},
		"not made for the identifier",
	},
	"another identifier": {
		func(t *testing.T, p *installer.Package) { p.Identifier = "com.other.updates" },
		"is for the identifier com.other.updates, not " + string(sample.ID),
	},
}

func TestTheCheckCatchesWrongPackages(t *testing.T) {
	t.Parallel()
	for name, c := range wrongPackages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := sample.Package(t)
			c.change(t, &p)
			err := installer.Check(component(t, p), installer.Expect{Identifier: string(sample.ID)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestProgramsOfThisMachinePassOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	p := sample.Package(t)
	entry(t, p.Payload, support+"/install-or-defer").Data = []byte("\x7fELF…")
	data := component(t, p)
	if err := installer.Check(data, installer.Expect{AnyProcessor: true}); err != nil {
		t.Error(err)
	}
	if err := installer.Check(data, installer.Expect{}); err == nil {
		t.Error("a package for Linux passed")
	}
}

// FuzzOpen: no package brings the check down.
func FuzzOpen(f *testing.F) {
	p := sample.Package(f)
	f.Add(component(f, p))
	f.Add(product(f, p))
	f.Fuzz(func(t *testing.T, data []byte) {
		installer.Check(data, installer.Expect{})
	})
}
