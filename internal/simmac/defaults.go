package simmac

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"howett.net/plist"

	"installordefer/internal/tool"
)

// FlushLag is how long macOS keeps a change of preferences in memory before the
// file has it.
const FlushLag = 3 * time.Second

// PreferenceFiles are the files that macOS keeps preferences in. Paths are those
// on the Mac.
type PreferenceFiles interface {
	Get(path string) ([]byte, bool)
	// Put replaces a file as a whole; a disk that goes wrong is not told of.
	Put(path string, data []byte)
}

// A preferences is what macOS remembers of the domains. A domain is read from its
// file once and then remembered, whatever becomes of the file: the next change
// writes all of it.
type preferences struct {
	files   PreferenceFiles
	domains map[string]map[string]any
	due     map[string]*occurrence
}

// KeepPreferencesIn says where the files of preferences are. Without it they
// are on the Disk.
func (m *Mac) KeepPreferencesIn(files PreferenceFiles) { m.preferences.files = files }

// domain returns what macOS knows of a domain.
func (m *Mac) domain(name string) map[string]any {
	p := &m.preferences
	if known, ok := p.domains[name]; ok {
		return known
	}
	dict := map[string]any{}
	if data, ok := m.preferenceFiles().Get(name + ".plist"); ok {
		if _, err := plist.Unmarshal(data, &dict); err != nil || dict == nil {
			dict = map[string]any{} // what cannot be read is as good as empty
		}
	}
	if p.domains == nil {
		p.domains, p.due = map[string]map[string]any{}, map[string]*occurrence{}
	}
	p.domains[name] = dict
	return dict
}

func (m *Mac) preferenceFiles() PreferenceFiles {
	if m.preferences.files != nil {
		return m.preferences.files
	}
	return diskPreferences{&m.disk}
}

// diskPreferences are the files on a disk that may go wrong.
type diskPreferences struct{ *Disk }

func (d diskPreferences) Put(path string, data []byte) {
	switch d.Fault {
	case DiskWorks:
		d.Disk.Put(path, data)
	case DiskTears:
		d.Disk.Put(path, data[:len(data)/2])
	}
}

// Default returns the value of a key as "defaults read" shows it.
func (m *Mac) Default(domain, key string) (any, bool) {
	v, there := m.domain(domain)[key]
	return v, there
}

// SetDefault changes a key as "defaults write" does.
func (m *Mac) SetDefault(domain, key string, value any) {
	m.domain(domain)[key] = value
	m.flushLater(domain)
}

// flushLater has the file of a domain written some time from now.
func (m *Mac) flushLater(domain string) {
	p := &m.preferences
	if p.due[domain] == nil {
		p.due[domain] = m.schedule(m.now+FlushLag, func() { m.flush(domain) })
	}
}

func (m *Mac) flush(domain string) {
	p := &m.preferences
	m.cancel(p.due[domain])
	delete(p.due, domain)
	data, err := plist.Marshal(p.domains[domain], plist.BinaryFormat)
	if err != nil {
		panic(err)
	}
	m.preferenceFiles().Put(domain+".plist", data)
}

// flushAll writes what is not in the files yet, as a Mac does that goes down.
func (m *Mac) flushAll() {
	for _, domain := range slices.Sorted(maps.Keys(m.preferences.due)) {
		m.flush(domain)
	}
}

// forgetPreferences is what the end of all processes does to what was
// remembered. What was not written is lost.
func (m *Mac) forgetPreferences() {
	p := &m.preferences
	for _, e := range p.due {
		m.cancel(e)
	}
	p.domains, p.due = nil, nil
}

// exports tells whether a program only says what macOS remembers.
func exports(argv []string) bool {
	return len(argv) > 1 && argv[0] == string(tool.Defaults) && argv[1] == "export"
}

// defaults reads and changes preferences.
func defaults(p *Program, argv []string) int {
	if !exports(argv) { // which reads memory, and is over before a clock would tell
		p.wait(quick)
	}
	if len(argv) < 3 {
		p.err("Command line interface to a user's defaults.\n")
		return 255
	}
	domain, rest := strings.TrimSuffix(argv[2], ".plist"), argv[3:]
	switch argv[1] {
	case "read":
		return p.readDefault(domain, rest)
	case "export":
		return p.exportDefaults(domain, rest)
	case "write":
		return p.writeDefault(domain, rest)
	case "delete":
		return p.deleteDefault(domain, rest)
	}
	p.err("Command line interface to a user's defaults.\n")
	return 255
}

// complain prints an error as defaults does: with its time and its process.
func (p *Program) complain(format string, args ...any) int {
	p.err(p.m.wallClock().Format("2006-01-02 15:04:05.000") + fmt.Sprintf(" defaults[%d:8612] \n", p.pid) + fmt.Sprintf(format, args...))
	return 1
}

func (p *Program) readDefault(domain string, rest []string) int {
	dict := p.m.domain(domain)
	if len(rest) == 0 {
		if len(dict) == 0 {
			return p.complain("Domain %s does not exist\n", domain)
		}
		for _, key := range slices.Sorted(maps.Keys(dict)) {
			p.out(fmt.Sprintf("    %s = %v;\n", key, dict[key]))
		}
		return 0
	}
	v, there := dict[rest[0]]
	if !there {
		return p.complain("The domain/default pair of (%s, %s) does not exist\n", domain, rest[0])
	}
	if b, isFlag := v.(bool); isFlag {
		v = map[bool]int{false: 0, true: 1}[b]
	}
	p.out(fmt.Sprintln(v))
	return 0
}

// exportDefaults prints a domain as XML. One that does not exist is empty.
func (p *Program) exportDefaults(domain string, rest []string) int {
	if len(rest) != 1 || rest[0] != "-" {
		return p.complain("Need a path to export to\n")
	}
	data, err := plist.MarshalIndent(p.m.domain(domain), plist.XMLFormat, "\t")
	if err != nil {
		return p.complain("Could not export domain %s to -\n", domain)
	}
	p.out(string(data) + "\n")
	return 0
}

func (p *Program) writeDefault(domain string, rest []string) int {
	if len(rest) != 3 {
		return p.complain("Rep argument is not a dictionary\nDefaults have not been changed.\n")
	}
	key, kind, text := rest[0], rest[1], rest[2]
	var value any = text
	switch kind {
	case "-int", "-integer":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			n = 0 // as the real one takes what is no number
		}
		value = n
	case "-bool", "-boolean":
		value = slices.Contains([]string{"true", "TRUE", "yes", "YES"}, text)
	case "-string":
	default:
		return p.complain("Rep argument is not a dictionary\nDefaults have not been changed.\n")
	}
	p.m.SetDefault(domain, key, value)
	return 0
}

func (p *Program) deleteDefault(domain string, rest []string) int {
	dict := p.m.domain(domain)
	if len(rest) == 0 && len(dict) == 0 {
		return p.complain("Domain (%s) not found.\nDefaults have not been changed.\n", domain)
	}
	if len(rest) == 0 {
		clear(dict)
	} else if _, there := dict[rest[0]]; !there {
		return p.complain("Domain (%s) not found.\nDefaults have not been changed.\n", domain)
	} else {
		delete(dict, rest[0])
	}
	p.m.flushLater(domain)
	return 0
}
