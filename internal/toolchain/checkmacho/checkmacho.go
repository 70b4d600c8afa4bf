// Package checkmacho says of a program for macOS what can be known without a
// Mac: which libraries it is linked with, which macOS it needs, whether its
// signature fits its content, and whether every symbol comes from somewhere.
package checkmacho

import (
	"bytes"
	"debug/macho"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

// A Report is what a file holds. Print it for the story in lines.
type Report struct {
	Name   string
	Slices []Slice
}

// A Slice is the program for one kind of processor.
type Slice struct {
	CPU       macho.Cpu
	Size      int
	Type      macho.Type
	MinimumOS string // of macOS, as "12.0"
	SDK       string
	Libraries []string
	// Flat says that its symbols are looked for in all libraries, as in what
	// Go links by itself; a program with C code is bound to one library each.
	Flat      bool
	Imports   []Import
	Classes   int // Objective-C classes that it defines
	Protocols int // Objective-C protocols that it carries
	Signature Signature
	problems  []error
}

// An Import is a symbol and the library that it is bound to, if it is.
type Import struct{ Symbol, Library string }

// File reads and checks the file. The error joins all that is wrong; the
// report holds what could be read all the same.
func File(name string) (Report, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Report{Name: path.Base(name)}, err
	}
	return Data(name, data)
}

// Data checks the content of a file, thin or universal.
func Data(name string, data []byte) (Report, error) {
	r := Report{Name: path.Base(name)}
	fat, err := macho.NewFatFile(bytes.NewReader(data))
	switch {
	case errors.Is(err, macho.ErrNotFat):
		f, err := macho.NewFile(bytes.NewReader(data))
		if err != nil {
			return r, fmt.Errorf("not a Mach-O file: %w", err)
		}
		r.Slices = []Slice{readSlice(f, data)}
	case err != nil:
		return r, fmt.Errorf("not a universal Mach-O file: %w", err)
	default:
		for _, a := range fat.Arches {
			if uint64(a.Offset)+uint64(a.Size) > uint64(len(data)) {
				return r, fmt.Errorf("the slice for %v ends after the file", a.Cpu)
			}
			s := readSlice(a.File, data[a.Offset:a.Offset+a.Size])
			if a.Align > 31 || a.Offset%(1<<a.Align) != 0 {
				s.problem("the slice begins at %#x, which is no multiple of 2^%d", a.Offset, a.Align)
			}
			r.Slices = append(r.Slices, s)
		}
	}
	var all error
	for _, s := range r.Slices {
		for _, p := range s.problems {
			all = errors.Join(all, fmt.Errorf("%s: %w", processor(s.CPU), p))
		}
	}
	return r, all
}

func (s *Slice) problem(format string, args ...any) {
	s.problems = append(s.problems, fmt.Errorf(format, args...))
}

func readSlice(f *macho.File, data []byte) Slice {
	s := Slice{CPU: f.Cpu, Size: len(data), Type: f.Type}
	s.readLoads(f, data)
	s.readSections(f)
	s.readSymbols(f)
	if s.MinimumOS == "" {
		s.problem("it does not say which macOS it needs")
	}
	// An Intel Mac starts a program without a signature, Apple silicon does not.
	if f.Cpu == macho.CpuArm64 && s.Signature.Kind == Unsigned {
		s.problem("it has no signature, so Apple silicon will not start it")
	}
	return s
}

// Load commands that debug/macho leaves raw.
const (
	loadBuildVersion  = 0x32
	loadCodeSignature = 0x1d
)

func (s *Slice) readLoads(f *macho.File, data []byte) {
	for _, l := range f.Loads {
		raw := l.Raw()
		if len(raw) < 16 {
			continue
		}
		word := func(i int) uint32 { return f.ByteOrder.Uint32(raw[4*i:]) }
		switch word(0) {
		case loadBuildVersion:
			const macOS = 1
			if len(raw) < 20 || word(2) != macOS {
				s.problem("it is not built for macOS")
				continue
			}
			version := func(n uint32) string { return fmt.Sprintf("%d.%d", n>>16, n>>8&0xff) }
			s.MinimumOS, s.SDK = version(word(3)), version(word(4))
		case loadCodeSignature:
			var err error
			s.Signature, err = readSignature(data, word(2), word(3))
			if err != nil {
				s.problem("the signature: %w", err)
			}
		}
	}
	var err error
	if s.Libraries, err = f.ImportedLibraries(); err != nil {
		s.problem("the libraries cannot be read: %w", err)
	}
	for _, l := range s.Libraries {
		if !strings.HasPrefix(l, "/usr/lib/") && !strings.HasPrefix(l, "/System/Library/Frameworks/") {
			s.problem("it is linked with %s, which a Mac does not have", l)
		}
	}
}

func (s *Slice) readSections(f *macho.File) {
	for _, sec := range f.Sections {
		switch sec.Name {
		case "__objc_classlist":
			s.Classes = int(sec.Size / 8)
		case "__objc_protolist":
			s.Protocols = int(sec.Size / 8)
		}
	}
	// The only headers it can come from here declare Apple's protocols empty.
	if s.Protocols > 0 {
		s.problem("it carries %d Objective-C protocols, which would stand in for Apple's own", s.Protocols)
	}
}

func (s *Slice) readSymbols(f *macho.File) {
	s.Flat = f.Flags&macho.FlagTwoLevel == 0
	if f.Symtab == nil {
		s.problem("it has no symbol table")
		return
	}
	const typeMask, external = 0x0e, 0x01
	for _, sym := range f.Symtab.Syms {
		if sym.Type&typeMask != 0 || sym.Type&external == 0 {
			continue // defined here, or private
		}
		if s.Flat {
			s.Imports = append(s.Imports, Import{Symbol: sym.Name})
			continue
		}
		ordinal := int(sym.Desc >> 8)
		if ordinal < 1 || ordinal > len(s.Libraries) {
			s.problem("the symbol %s comes from no library", sym.Name)
			continue
		}
		s.Imports = append(s.Imports, Import{sym.Name, s.Libraries[ordinal-1]})
	}
}

// Unknown returns the imports that known does not list for their library.
func (s Slice) Unknown(known map[string][]string) []Import {
	var all []Import
	for _, i := range s.Imports {
		if !slices.Contains(known[i.Library], i.Symbol) {
			all = append(all, i)
		}
	}
	return all
}

func processor(c macho.Cpu) string {
	switch c {
	case macho.CpuArm64:
		return "Apple silicon"
	case macho.CpuAmd64:
		return "Intel"
	}
	return c.String()
}

// String tells what the file holds, a line each.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.Name)
	for _, s := range r.Slices {
		fmt.Fprintf(&b, "  %s: %.1f MB, macOS %s or later, SDK %s\n", processor(s.CPU), float64(s.Size)/1e6, s.MinimumOS, s.SDK)
		fmt.Fprintf(&b, "    signature: %s\n", s.Signature)
		fmt.Fprintf(&b, "    %d symbols from %d libraries, %d classes of its own\n", len(s.Imports), len(s.Libraries), s.Classes)
		for _, l := range s.Libraries {
			fmt.Fprintf(&b, "    %s\n", l)
		}
	}
	return b.String()
}
