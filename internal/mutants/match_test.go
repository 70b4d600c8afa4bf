package mutants

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"slices"
)

// A span is a part of a text, in bytes.
type span struct{ from, to int }

// A word is a token of Go in a text.
type word struct {
	span
	text string
}

// words splits Go code into what has a meaning: without comments and without
// the separators that only the layout asks for.
func words(text string) []word {
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), func(token.Position, string) {}, 0)
	var out []word
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return unseparated(out)
		}
		if tok == token.SEMICOLON || lit == "" {
			lit = tok.String()
		}
		if tok == token.RPAREN || tok == token.RBRACK || tok == token.RBRACE {
			out = unseparated(out)
		}
		from := file.Offset(pos)
		out = append(out, word{span{from, from + len(lit)}, lit})
	}
}

// unseparated returns words without a separator at the end.
func unseparated(words []word) []word {
	if n := len(words); n > 0 && (words[n-1].text == ";" || words[n-1].text == ",") {
		return words[:n-1]
	}
	return words
}

// find returns where node, which is of text, holds the code given: as an
// expression, an element of a literal, or a row of statements.
func find(fset *token.FileSet, text string, node ast.Node, code string) []span {
	want, have := words(code), words(text)
	var out []span
	for _, s := range spans(fset, node) {
		first, _ := slices.BinarySearchFunc(have, s.from, func(w word, at int) int { return w.from - at })
		if first+len(want) > len(have) || len(want) == 0 {
			continue
		}
		part := have[first : first+len(want)]
		if part[len(part)-1].to != s.to || slices.Contains(out, s) {
			continue
		}
		if slices.EqualFunc(part, want, func(a, b word) bool { return a.text == b.text }) {
			out = append(out, s)
		}
	}
	return out
}

// spans returns the parts of node that an edit may quote.
func spans(fset *token.FileSet, node ast.Node) []span {
	var out []span
	add := func(from, to ast.Node) {
		out = append(out, span{fset.Position(from.Pos()).Offset, fset.Position(to.End()).Offset})
	}
	row := func(list []ast.Stmt) {
		for i, from := range list {
			for _, to := range list[i:] {
				add(from, to)
			}
		}
	}
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			row(n.List)
		case *ast.CaseClause:
			row(n.Body)
		case *ast.CommClause:
			row(n.Body)
		case *ast.SelectorExpr: // what is selected is no expression
			add(n, n)
			ast.Inspect(n.X, visit)
			return false
		case ast.Stmt, ast.Expr:
			add(n, n)
		}
		return true
	}
	ast.Inspect(node, visit)
	return out
}
