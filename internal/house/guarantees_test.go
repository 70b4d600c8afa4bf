package house

import (
	"go/ast"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryGuaranteeNamesTestsThatExist reads the page that administrators
// rely on: a promise without a test is none.
func TestEveryGuaranteeNamesTestsThatExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && s.test() {
				tests[f.Name.Name] = true
			}
		}
	}
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
