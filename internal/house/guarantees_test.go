package house

import (
	"go/ast"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestThePageOnSecurityNamesTestsThatExist holds the other page to the same.
func TestThePageOnSecurityNamesTestsThatExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := allTests(t)
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(string(page), -1)
	if len(named) < 15 {
		t.Errorf("only %d tests are named on the page", len(named))
	}
	for _, n := range named {
		if !tests[n[1]] {
			t.Errorf("there is no %s, which the page names", n[1])
		}
	}
}

// allTests are the names of all tests of the repository.
func allTests(t *testing.T) map[string]bool {
	tests := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && s.test() {
				tests[f.Name.Name] = true
			}
		}
	}
	return tests
}

// TestEveryGuaranteeNamesTestsThatExist reads the page that administrators
// rely on: a promise without a test is none.
func TestEveryGuaranteeNamesTestsThatExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := allTests(t)
	promise := regexp.MustCompile(`^\d+\. `)
	name := regexp.MustCompile("`(Test\\w+)`")
	promises := 0
	for _, line := range strings.Split(string(page), "\n") {
		if !promise.MatchString(line) {
			continue
		}
		promises++
		named := name.FindAllStringSubmatch(line, -1)
		if len(named) == 0 {
			t.Errorf("no test stands behind: %s", line)
		}
		for _, n := range named {
			if !tests[n[1]] {
				t.Errorf("there is no %s, which stands behind: %s", n[1], line)
			}
		}
	}
	if promises < 20 {
		t.Errorf("only %d guarantees were found on the page", promises)
	}
}
