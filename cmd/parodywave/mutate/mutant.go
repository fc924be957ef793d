package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
)

// A mutant is one change of one file: bytes from to to are replaced.
type mutant struct {
	file     string // absolute
	from, to int
	text     string
	position string // file:line:column, for people
	change   string
}

func (m mutant) String() string { return m.position + "  " + m.change }

// swaps says what stands in an operator's place: the negation of a condition, or
// its boundary moved by one, or another operation.
var swaps = map[token.Token][]token.Token{
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.ADD: {token.SUB}, token.SUB: {token.ADD}, token.MUL: {token.QUO}, token.QUO: {token.MUL}, token.REM: {token.MUL},
	token.AND: {token.OR}, token.OR: {token.AND}, token.SHL: {token.SHR}, token.SHR: {token.SHL},
	token.INC: {token.DEC}, token.DEC: {token.INC},
	token.ADD_ASSIGN: {token.SUB_ASSIGN}, token.SUB_ASSIGN: {token.ADD_ASSIGN},
}

// mutants returns all changes of the package's files, in the order of the source.
func (p *pkg) mutants() (out []mutant) {
	for _, f := range p.parsed {
		add := func(from, to token.Pos, text, change string) {
			at := p.fset.Position(from)
			out = append(out, mutant{at.Filename, at.Offset, p.fset.Position(to).Offset, text, fmt.Sprintf("%s:%d:%d", p.ImportPath+"/"+filepath.Base(at.Filename), at.Line, at.Column), change})
		}
		swap := func(at token.Pos, op token.Token) {
			for _, other := range swaps[op] {
				add(at, at+token.Pos(len(op.String())), other.String(), op.String()+" → "+other.String())
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				swap(n.OpPos, n.Op)
			case *ast.IncDecStmt:
				swap(n.TokPos, n.Tok)
				add(n.Pos(), n.End(), "", "removed")
			case *ast.AssignStmt:
				swap(n.TokPos, n.Tok)
				if n.Tok != token.DEFINE {
					add(n.Pos(), n.End(), "", "removed")
				}
			case *ast.ExprStmt, *ast.BranchStmt, *ast.DeferStmt:
				add(n.Pos(), n.End(), "", "removed")
			case *ast.IfStmt:
				add(n.Cond.Pos(), n.Cond.Pos(), "false && ", "condition false")
				add(n.Cond.Pos(), n.Cond.Pos(), "true || ", "condition true")
			}
			return true
		})
	}
	return out
}
