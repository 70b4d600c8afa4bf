package adhoc

import (
	"crypto/sha1"
	"crypto/sha256"
	"strings"

	"howett.net/plist"
)

// Resources makes the CodeResources of an application, the seal of its files:
// their content by the path below Contents. Info.plist, PkgInfo and the program
// are no part of it: the code directory has them, or they do not count.
func Resources(files map[string][]byte) ([]byte, error) {
	old, sealed := map[string]any{}, map[string]any{}
	for path, data := range files {
		if !strings.HasPrefix(path, "Resources/") {
			continue
		}
		sum1, sum256 := sha1.Sum(data), sha256.Sum256(data)
		old[path] = sum1[:]
		seal := map[string]any{"hash2": sum256[:]}
		if strings.Contains(path, ".lproj/") {
			// What is said in one language may be taken away.
			old[path] = map[string]any{"hash": sum1[:], "optional": true}
			seal["optional"] = true
		}
		sealed[path] = seal
	}
	return plist.MarshalIndent(map[string]any{"files": old, "files2": sealed, "rules": rules, "rules2": rules2}, plist.XMLFormat, "\t")
}

type rule = map[string]any

// The rules by which codesign says which files a seal covers, up to 10.8 and
// since.
var (
	rules = rule{
		"^Resources/":                            true,
		`^Resources/.*\.lproj/`:                  rule{"optional": true, "weight": 1000.0},
		`^Resources/.*\.lproj/locversion.plist$`: rule{"omit": true, "weight": 1100.0},
		`^Resources/Base\.lproj/`:                rule{"weight": 1010.0},
		`^version.plist$`:                        true,
	}
	rules2 = rule{
		`.*\.dSYM($|/)`:                          rule{"weight": 11.0},
		`^(.*/)?\.DS_Store$`:                     rule{"omit": true, "weight": 2000.0},
		`^.*`:                                    true,
		`^Info\.plist$`:                          rule{"omit": true, "weight": 20.0},
		`^PkgInfo$`:                              rule{"omit": true, "weight": 20.0},
		"^Resources/":                            rule{"weight": 20.0},
		`^Resources/.*\.lproj/`:                  rule{"optional": true, "weight": 1000.0},
		`^Resources/.*\.lproj/locversion.plist$`: rule{"omit": true, "weight": 1100.0},
		`^Resources/Base\.lproj/`:                rule{"weight": 1010.0},
		`^[^/]+$`:                                rule{"nested": true, "weight": 10.0},
		`^embedded\.provisionprofile$`:           rule{"weight": 20.0},
		`^version\.plist$`:                       rule{"weight": 20.0},
		`^(Frameworks|SharedFrameworks|PlugIns|Plug-ins|XPCServices|Helpers|MacOS|Library/(Automator|Spotlight|LoginItems))/`: rule{"nested": true, "weight": 10.0},
	}
)
