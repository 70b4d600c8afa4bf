package budget

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheRootJobIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: it builds the root job for both kinds of Mac")
	}
	for _, arch := range []string{"arm64", "amd64"} {
		t.Run(arch, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "install-or-defer")
			cmd := exec.Command("go", "build", "-trimpath", "-gcflags=all=-l", "-ldflags", "-s -w -funcalign=4", "-o", path, module+"cmd/install-or-defer")
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=darwin", "GOARCH="+arch, "GOAMD64=v1", "GOARM64=v8.0")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes", info.Size())
			if info.Size() > programSize[arch] {
				t.Errorf("it has %d bytes; the budget is %d", info.Size(), programSize[arch])
			}
		})
	}
}

// never are packages that the root job must not link, and why. A name that
// ends in a slash stands for everything below.
var never = map[string]string{
	"net/http":                        "a root job has no business on the network",
	"crypto/":                         "it encrypts nothing, and the packages are a twentieth of the program",
	"github.com/progrium/darwinkit/":  "a root job must not link AppKit",
	"regexp":                          "compiling expressions would be most of the work of a wake",
	"text/template":                   "it keeps every method of every type, and messages have a grammar of their own",
	"html/template":                   "it keeps every method of every type, and messages have a grammar of their own",
	"log":                             "there is one log, internal/logging",
	"testing":                         "it is for tests",
	"installordefer/internal/simmac":  "what runs as root plays no simulations",
	"installordefer/internal/simmac/": "what runs as root plays no simulations",
	"installordefer/pkg/":             "what is made for Macs elsewhere is the administrator's program's",
	"installordefer/prompt/appkit":    "a root job must not link AppKit",
	"installordefer/internal/budget":  "it is for tests",
}

func TestTheRootJobLinksOnlyWhatItNeeds(t *testing.T) {
	for _, arch := range []string{"arm64", "amd64"} {
		cmd := exec.Command("go", "list", "-deps", module+"cmd/install-or-defer")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=darwin", "GOARCH="+arch)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		linked := strings.Fields(string(out))
		if len(linked) < 50 {
			t.Fatalf("found only %d packages", len(linked))
		}
		for _, pkg := range linked {
			for name, why := range never {
				if pkg == name || strings.HasSuffix(name, "/") && strings.HasPrefix(pkg, name) {
					t.Errorf("%s: it links %s: %s", arch, pkg, why)
				}
			}
		}
	}
}

func TestTheAdministratorsProgramLinksNoNetworkEither(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", module+"cmd/install-or-defer-admin")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=darwin", "GOARCH=arm64")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range strings.Fields(string(out)) {
		if pkg == "net/http" || pkg == "crypto/tls" || strings.HasPrefix(pkg, "github.com/progrium/darwinkit") {
			t.Errorf("it links %s", pkg)
		}
	}
}
