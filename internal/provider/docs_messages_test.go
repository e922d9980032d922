package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// guideOfMessages explains every message; its headings are their summaries.
const guideOfMessages = "../../templates/guides/when-something-goes-wrong.md"

// TestEveryMessageIsExplained compares the guide with the summaries in the
// source, both ways, and with the messages that tests have seen. A new message
// needs a heading of its own, with its cause and its remedy.
func TestEveryMessageIsExplained(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(guideOfMessages)
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^### (.*)\n\n`).FindAllStringSubmatch(string(guide), -1) {
		for summary := range strings.SplitSeq(heading[1], " / ") {
			explained[summary] = true
		}
	}
	printed := summaries(t)
	for summary, where := range printed {
		if !explained[summary] {
			t.Errorf("%s: %q has no heading in %s: say there what causes it, and what to do", where, summary, guideOfMessages)
		}
	}
	for summary := range explained {
		if printed[summary] == "" {
			t.Errorf("%s explains %q, which no message has as its summary", guideOfMessages, summary)
		}
	}
	for summary, file := range seen(t) {
		if !explained[summary] {
			t.Errorf("%s: %q has no heading in %s", file, summary, guideOfMessages)
		}
	}
}

// seen are the summaries in the golden messages, with a file for each.
func seen(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/messages/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d golden messages (%v)", len(files), err)
	}
	found := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^(?:Error|Warning): (.*)$`).FindAllStringSubmatch(string(text), -1) {
			found[withoutCount(m[1])] = file
		}
	}
	return found
}

// withoutCount cuts off what a summary counts: "(1 of at most 2)".
func withoutCount(summary string) string {
	before, _, _ := strings.Cut(summary, " (")
	return before
}

// sinks are the calls that make a message, each with the position of the
// argument that is its summary.
func sinks() map[string]int {
	return map[string]int{
		"NewErrorDiagnostic": 0, "NewWarningDiagnostic": 0, "NewAttributeErrorDiagnostic": 1, "NewAttributeWarningDiagnostic": 1,
		"AddError": 0, "AddWarning": 0, "AddAttributeError": 1, "AddAttributeWarning": 1,
		// The fields of message.Unreached and platform.Op.
		"Said": 0,
	}
}

// summaries are all that the source of the provider can print, with the place of
// each.
func summaries(t *testing.T) map[string]string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	positions := token.NewFileSet()
	var functions []*ast.FuncDecl
	for _, file := range files {
		parsed, err := parser.ParseFile(positions, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Body != nil {
				functions = append(functions, function)
			}
		}
	}
	found, calls := map[string]string{}, sinks()
	// A function that passes a parameter on as a summary is such a call, too:
	// once more for each that turns up.
	for known := 0; known < len(calls); {
		known = len(calls)
		for _, function := range functions {
			ast.Inspect(function, func(node ast.Node) bool {
				call, ok := node.(*ast.CallExpr)
				if !ok {
					return true
				}
				at, isSink := calls[nameOf(call.Fun)]
				if !isSink || at >= len(call.Args) {
					return true
				}
				if parameter := parameterAt(function, call.Args[at]); parameter >= 0 {
					calls[function.Name.Name] = parameter
					return true
				}
				where := positions.Position(call.Pos()).String()
				texts := texts(function, call.Args[at])
				if len(texts) == 0 {
					t.Errorf("%s: this test cannot tell the summary", where)
				}
				for _, text := range texts {
					found[withoutCount(text)] = where
				}
				return true
			})
		}
	}
	return found
}

func nameOf(function ast.Expr) string {
	switch f := function.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// parameterAt is the position of the parameter that an expression is, or -1.
func parameterAt(function *ast.FuncDecl, expression ast.Expr) int {
	name, ok := expression.(*ast.Ident)
	if !ok {
		return -1
	}
	var parameters []string
	for _, field := range function.Type.Params.List {
		for _, parameter := range field.Names {
			parameters = append(parameters, parameter.Name)
		}
	}
	return slices.Index(parameters, name.Name)
}

// texts are the values that an expression may have: a literal, a sum, the
// title of a verb, a format, or a variable of the function.
func texts(function *ast.FuncDecl, expression ast.Expr) []string {
	switch e := expression.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return []string{text}
		}
	case *ast.BinaryExpr:
		var sums []string
		for _, left := range texts(function, e.X) {
			for _, right := range texts(function, e.Y) {
				sums = append(sums, left+right)
			}
		}
		return sums
	case *ast.SelectorExpr:
		if e.Sel.Name == "Title" {
			return []string{"Export", "Import"}
		}
	case *ast.CallExpr:
		if nameOf(e.Fun) == "Sprintf" {
			return texts(function, e.Args[0])
		}
	case *ast.Ident:
		return assigned(function, e.Name)
	}
	return nil
}

// assigned are the values that a variable gets in a function.
func assigned(function *ast.FuncDecl, name string) []string {
	var values []string
	ast.Inspect(function, func(node ast.Node) bool {
		assignment, ok := node.(*ast.AssignStmt)
		if !ok || len(assignment.Lhs) != len(assignment.Rhs) {
			return true
		}
		for i, left := range assignment.Lhs {
			if variable, ok := left.(*ast.Ident); ok && variable.Name == name {
				values = append(values, texts(function, assignment.Rhs[i])...)
			}
		}
		return true
	})
	return values
}
