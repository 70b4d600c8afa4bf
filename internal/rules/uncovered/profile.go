package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const module = "installordefer/"

// A block is a row of statements that run together.
type block struct {
	file       string // below the module
	line       int    // of its beginning
	statements int
	reached    bool
}

// readProfile reads a profile, in which a block stands once for each package
// whose tests were run.
func readProfile(in io.Reader) ([]block, error) {
	at := map[string]int{}
	var blocks []block
	scan := bufio.NewScanner(in)
	for scan.Scan() {
		text := scan.Text()
		if strings.HasPrefix(text, "mode:") {
			continue
		}
		place, counts, _ := strings.Cut(text, " ")
		statements, count, _ := strings.Cut(counts, " ")
		n, err := strconv.Atoi(statements)
		file, lines, found := strings.Cut(place, ":")
		begin, _, _ := strings.Cut(lines, ".")
		line, lineErr := strconv.Atoi(begin)
		if !found || err != nil || lineErr != nil {
			return nil, fmt.Errorf("this is no line of a profile: %q", text)
		}
		i, seen := at[place]
		if !seen {
			i = len(blocks)
			at[place] = i
			blocks = append(blocks, block{file: strings.TrimPrefix(file, module), line: line, statements: n})
		}
		blocks[i].reached = blocks[i].reached || count != "0"
	}
	return blocks, scan.Err()
}

// A place names a block by what people see, which stays when lines move.
type place struct {
	file, function, text string
}

func (p place) String() string { return p.file + " | " + p.function + " | " + p.text }

// A room is what is counted of one folder, in statements.
type room struct {
	all, reached, excused int
}

// judge counts, and returns what is not reached and has no reason. Root is the
// top of the module.
func judge(blocks []block, reasons map[place]string, root string) (map[string]*room, []string, error) {
	rooms := map[string]*room{}
	files := map[string]*source{}
	var open []string
	for _, b := range blocks {
		dir := path.Dir(b.file)
		if rooms[dir] == nil {
			rooms[dir] = &room{}
		}
		r := rooms[dir]
		r.all += b.statements
		if b.reached || b.statements == 0 {
			r.reached += b.statements
			continue
		}
		if files[b.file] == nil {
			s, err := readSource(filepath.Join(root, filepath.FromSlash(b.file)))
			if err != nil {
				return nil, nil, err
			}
			files[b.file] = s
		}
		p := files[b.file].place(b.file, b.line)
		if _, ok := reasons[p]; ok {
			r.excused += b.statements
			continue
		}
		open = append(open, fmt.Sprintf("%s:%d: %s: %s", b.file, b.line, p.function, p.text))
	}
	slices.Sort(open)
	return rooms, open, nil
}

// A source is a file of the module.
type source struct {
	lines []string
	set   *token.FileSet
	file  *ast.File
}

func readSource(name string) (*source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &source{strings.Split(string(text), "\n"), set, file}, nil
}

func (s *source) place(file string, line int) place {
	p := place{file: file}
	if line > 0 && line <= len(s.lines) {
		p.text = strings.TrimSpace(s.lines[line-1])
	}
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if ok && s.set.Position(f.Pos()).Line <= line && line <= s.set.Position(f.End()).Line {
			p.function = f.Name.Name
		}
	}
	return p
}

// readReasons reads lines of the form "file | function | line | reason". Lines
// that begin with # and empty ones are left out.
func readReasons(text string) (map[place]string, error) {
	reasons := map[place]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) != 4 || parts[3] == "" {
			return nil, fmt.Errorf("this is no reason for a block: %q", line)
		}
		p := place{parts[0], parts[1], parts[2]}
		if _, twice := reasons[p]; twice {
			return nil, fmt.Errorf("%v has two reasons", p)
		}
		reasons[p] = parts[3]
	}
	return reasons, nil
}
