package rules

import (
	"go/ast"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// cited is a test as a page names it, behind its package: a reader sees whether
// the package is the one that the sentence is about.
var cited = regexp.MustCompile("`([a-z-]+\\.Test\\w+)`")

// bare is a test that a page names without saying where it is.
var bare = regexp.MustCompile("`Test\\w+`")

// TestThePageOnSecurityNamesTestsThatExist holds the other page to the same.
func TestThePageOnSecurityNamesTestsThatExist(t *testing.T) {
	if n := citations(t, "security.md"); n < 15 {
		t.Errorf("only %d tests are named on the page", n)
	}
}

// TestEveryGuaranteeNamesTestsThatExist reads the page that administrators
// rely on: a promise without a test is none.
func TestEveryGuaranteeNamesTestsThatExist(t *testing.T) {
	citations(t, "guarantees.md")
	page, err := os.ReadFile("../../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	promise := regexp.MustCompile(`^\d+\. `)
	promises := 0
	for _, line := range strings.Split(string(page), "\n") {
		if !promise.MatchString(line) {
			continue
		}
		promises++
		if !cited.MatchString(line) {
			t.Errorf("no test stands behind: %s", line)
		}
	}
	if promises < 20 {
		t.Errorf("only %d guarantees were found on the page", promises)
	}
}

// citations checks the tests that a page of docs names, and returns how many
// there are.
func citations(t *testing.T, name string) int {
	t.Helper()
	page, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	tests := allTests(t)
	named := cited.FindAllStringSubmatch(string(page), -1)
	for _, n := range named {
		if !tests[n[1]] {
			t.Errorf("%s names %s, which there is not", name, n[1])
		}
	}
	for _, n := range bare.FindAllString(string(page), -1) {
		t.Errorf("%s names %s without its package", name, n)
	}
	return len(named)
}

// allTests are all tests of the repository, each behind the last element of
// its folder.
func allTests(t *testing.T) map[string]bool {
	tests := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && s.test() {
				tests[path.Base(s.dir())+"."+f.Name.Name] = true
			}
		}
	}
	return tests
}
