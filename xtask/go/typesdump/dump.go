package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The categories of a file, in the order in which they are written.
const (
	catVersion = iota
	catExpr
	catDef
	catUse
	catImplicit
	catSelect
	catInstance
	catScope
	numCats
)

var catNames = [numCats]string{"version", "expr", "def", "use", "implicit", "select", "instance", "scope"}

// line is one fact with its place, which is what lines are sorted by.
type line struct {
	start, end int
	text       string
}

// dumper turns the facts of one package into text.
type dumper struct {
	fset  *token.FileSet
	u     *unit
	files map[*token.File]*[numCats][]line
	types map[types.Type]string
	objs  map[types.Object]string
	buf   []byte
}

// dumpAll writes the packages in the order given and reports whether any had errors.
func dumpAll(out *bufio.Writer, specs []*pkgSpec, arch string, workers int, full *regexp.Regexp) (bool, error) {
	var (
		mu     sync.Mutex
		next   int
		failed bool
		texts  [][]byte
	)
	var s *session
	s, err := newSession(specs, arch, func(u *unit) {
		d := &dumper{fset: s.fset, u: u, types: map[types.Type]string{}, objs: map[types.Object]string{}}
		text := d.dump(full)
		u.files, u.info = nil, nil

		mu.Lock()
		defer mu.Unlock()
		failed = failed || len(u.errors) > 0
		texts[u.index] = text
		for ; next < len(texts) && texts[next] != nil; next++ {
			out.Write(texts[next])
			texts[next] = []byte{}
		}
	})
	if err != nil {
		return false, err
	}
	texts = make([][]byte, len(s.units))
	s.run(workers)
	return failed, nil
}

func (d *dumper) dump(full *regexp.Regexp) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "P\t%s\n", d.u.spec.path)
	for _, err := range d.u.errors {
		fmt.Fprintf(&out, "E\t%s\n", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	d.files = map[*token.File]*[numCats][]line{}
	for _, f := range d.u.files {
		d.files[d.fset.File(f.FileStart)] = new([numCats][]line)
	}
	d.collect()
	for _, f := range d.u.files {
		tf := d.fset.File(f.FileStart)
		name := filepath.Base(tf.Name())
		show := full != nil && full.MatchString(d.u.spec.path+"/"+name)
		cats := d.files[tf]
		for cat, lines := range cats {
			d.write(&out, "F\t"+name+"\t"+catNames[cat], lines, show)
		}
	}
	d.write(&out, "I", d.initOrder(), full != nil && full.MatchString(d.u.spec.path))
	return out.Bytes()
}

// write puts down the number and hash of sorted lines, and the lines if asked to.
func (d *dumper) write(out *bytes.Buffer, head string, lines []line, show bool) {
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.text, b.text))
	})
	h := newHash()
	for _, l := range lines {
		d.buf = strconv.AppendInt(d.buf[:0], int64(l.start), 10)
		d.buf = append(d.buf, '\t')
		d.buf = strconv.AppendInt(d.buf, int64(l.end), 10)
		h.add(string(d.buf))
		h.add("\t")
		h.add(l.text)
		h.add("\n")
	}
	fmt.Fprintf(out, "%s\t%d\t%s\n", head, len(lines), h)
	if show {
		for _, l := range lines {
			fmt.Fprintf(out, "L\t%d\t%d\t%s\n", l.start, l.end, l.text)
		}
	}
}

// put adds a fact about the source from start up to end.
func (d *dumper) put(cat int, start, end token.Pos, fields ...string) {
	file := d.fset.File(start)
	lines := d.files[file]
	if lines == nil {
		return // an error's leftover: a node without a position
	}
	from := file.Offset(start)
	to := from
	if end > start {
		to = file.Offset(end)
	}
	lines[cat] = append(lines[cat], line{from, to, strings.Join(fields, "\t")})
}

func (d *dumper) collect() {
	info := d.u.info
	written := map[ast.Node]bool{}
	for _, f := range d.u.files {
		ast.Inspect(f, func(n ast.Node) bool {
			if n != nil {
				written[n] = true
			}
			return true
		})
	}
	for _, f := range d.u.files {
		ast.Inspect(f, func(n ast.Node) bool {
			if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.AND {
				// The compiler's parser drops these parentheses.
				for p, ok := u.X.(*ast.ParenExpr); ok; p, ok = p.X.(*ast.ParenExpr) {
					delete(written, p)
				}
			}
			return true
		})
	}
	for e, tv := range info.Types {
		if !written[e] {
			continue // the checker's own: the 1 of x++
		}
		d.put(catExpr, e.Pos(), e.End(), nodeKind(e), mode(tv), d.typ(tv.Type), value(tv.Value))
	}
	for id, obj := range info.Defs {
		d.put(catDef, id.Pos(), id.End(), id.Name, d.object(obj), d.defined(obj))
	}
	for id, obj := range info.Uses {
		d.put(catUse, id.Pos(), id.End(), id.Name, d.object(obj))
	}
	for n, obj := range info.Implicits {
		if _, ok := n.(*ast.CaseClause); ok {
			d.put(catImplicit, n.Pos(), n.Pos(), nodeKind(n), d.object(obj))
		} else {
			text := d.object(obj)
			if f, ok := n.(*ast.Field); ok {
				if dots, ok := f.Type.(*ast.Ellipsis); ok {
					// The compiler places the parameter at its dots.
					at := func(p token.Pos) string { return ":" + strconv.Itoa(d.fset.File(p).Offset(p)) + "\t" }
					text = strings.Replace(text, at(dots.Elt.Pos()), at(dots.Pos()), 1)
				}
			}
			d.put(catImplicit, n.Pos(), n.End(), nodeKind(n), text)
		}
	}
	for e, sel := range info.Selections {
		d.put(catSelect, e.Pos(), e.End(), d.selection(sel))
	}
	for id, inst := range info.Instances {
		var args []string
		for i := range inst.TypeArgs.Len() {
			args = append(args, d.typ(inst.TypeArgs.At(i)))
		}
		d.put(catInstance, id.Pos(), id.End(), id.Name, strings.Join(args, "; "), d.typ(inst.Type))
	}
	for n, scope := range info.Scopes {
		at := n.Pos()
		if f, ok := n.(*ast.File); ok {
			at = f.FileStart
		}
		var names []string
		for _, name := range scope.Names() {
			names = append(names, name+"@"+d.place(scope.Lookup(name)))
		}
		d.put(catScope, at, at, nodeKind(n), strings.Join(names, " "))
	}
	for f, version := range info.FileVersions {
		d.put(catVersion, f.FileStart, f.FileStart, version)
	}
}

// initOrder numbers the initializers where other lines have their offsets: order is what counts.
func (d *dumper) initOrder() []line {
	var lines []line
	for i, init := range d.u.info.InitOrder {
		var lhs []string
		for _, v := range init.Lhs {
			lhs = append(lhs, v.Name()+"@"+d.place(v))
		}
		tf := d.fset.File(init.Rhs.Pos())
		rhs := fmt.Sprintf("%s:%d:%d", filepath.Base(tf.Name()), tf.Offset(init.Rhs.Pos()), tf.Offset(init.Rhs.End()))
		lines = append(lines, line{i, len(init.Lhs), strings.Join(lhs, " ") + "\t" + rhs})
	}
	return lines
}

func (d *dumper) typ(t types.Type) string {
	if t == nil {
		return "-"
	}
	s, ok := d.types[t]
	if !ok {
		s = types.TypeString(t, (*types.Package).Path)
		d.types[t] = s
	}
	return s
}

func (d *dumper) place(obj types.Object) string {
	if !obj.Pos().IsValid() {
		return "-"
	}
	tf := d.fset.File(obj.Pos())
	return filepath.Base(tf.Name()) + ":" + strconv.Itoa(tf.Offset(obj.Pos()))
}

func pkgPath(obj types.Object) string {
	if obj.Pkg() == nil {
		return "-"
	}
	return obj.Pkg().Path()
}

// object is kind, name, package, place, type and one more field of an object.
func (d *dumper) object(obj types.Object) string {
	if obj == nil {
		return "-"
	}
	s, ok := d.objs[obj]
	if !ok {
		kind, more := d.objectKind(obj)
		s = strings.Join([]string{kind, obj.Name(), pkgPath(obj), d.place(obj), d.typ(obj.Type()), more}, "\t")
		d.objs[obj] = s
	}
	return s
}

func (d *dumper) objectKind(obj types.Object) (kind, more string) {
	switch obj := obj.(type) {
	case *types.PkgName:
		return "pkg", obj.Imported().Path()
	case *types.Const:
		return "const", value(obj.Val())
	case *types.TypeName:
		if obj.IsAlias() {
			return "alias", "-"
		}
		return "type", "-"
	case *types.Var:
		switch {
		case obj.Embedded():
			return "embedded", "-"
		case obj.IsField():
			return "field", "-"
		}
		return "var", "-"
	case *types.Func:
		if sig, ok := obj.Type().(*types.Signature); ok && sig.Recv() != nil {
			return "method", d.typ(sig.Recv().Type())
		}
		return "func", "-"
	case *types.Label:
		return "label", "-"
	case *types.Builtin:
		return "builtin", "-"
	case *types.Nil:
		return "nil", "-"
	}
	return "?", "-"
}

// defined tells what a declared type name stands for.
func (d *dumper) defined(obj types.Object) string {
	tn, ok := obj.(*types.TypeName)
	if !ok {
		return "-"
	}
	switch t := tn.Type().(type) {
	case *types.Alias:
		return d.typ(t.Rhs())
	case *types.TypeParam:
		return strconv.Itoa(t.Index()) + " " + d.typ(t.Constraint())
	default:
		return d.typ(t.Underlying())
	}
}

func (d *dumper) selection(sel *types.Selection) string {
	kind := "field"
	switch sel.Kind() {
	case types.MethodVal:
		kind = "method"
	case types.MethodExpr:
		kind = "expr"
	}
	var path []string
	for _, i := range sel.Index() {
		path = append(path, strconv.Itoa(i))
	}
	through := "direct"
	if sel.Indirect() {
		through = "indirect"
	}
	obj := sel.Obj()
	return strings.Join([]string{kind, d.typ(sel.Recv()), obj.Name(), pkgPath(obj), d.place(obj),
		strings.Join(path, "."), through, d.typ(sel.Type())}, "\t")
}

// mode is one letter per property that holds, "-" if none does.
func mode(tv types.TypeAndValue) string {
	var m []byte
	for _, p := range [...]struct {
		holds  bool
		letter byte
	}{
		{tv.IsVoid(), 'v'},
		{tv.IsType(), 't'},
		{tv.IsBuiltin(), 'b'},
		{tv.IsValue(), 'x'},
		{tv.IsNil(), 'n'},
		{tv.Addressable(), 'a'},
		{tv.Assignable(), 's'},
		{tv.HasOk(), 'k'},
		{tv.Value != nil, 'c'},
	} {
		if p.holds {
			m = append(m, p.letter)
		}
	}
	if m == nil {
		return "-"
	}
	return string(m)
}

// value is a constant without any loss; strings are written byte by byte, so that no table of
// printable characters plays a part.
func value(v constant.Value) string {
	if v == nil {
		return "-"
	}
	if v.Kind() != constant.String {
		return v.ExactString()
	}
	text := constant.StringVal(v)
	out := make([]byte, 0, len(text)+2)
	out = append(out, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~' || c == '"' || c == '\\':
			out = fmt.Appendf(out, "\\x%02x", c)
		default:
			out = append(out, c)
		}
	}
	return string(append(out, '"'))
}

func nodeKind(n ast.Node) string {
	switch n.(type) {
	case *ast.Ident:
		return "Name"
	case *ast.BasicLit:
		return "Lit"
	case *ast.FuncLit:
		return "FuncLit"
	case *ast.CompositeLit:
		return "CompLit"
	case *ast.ParenExpr:
		return "Paren"
	case *ast.SelectorExpr:
		return "Select"
	case *ast.IndexExpr, *ast.IndexListExpr:
		return "Index"
	case *ast.SliceExpr:
		return "Slice"
	case *ast.TypeAssertExpr:
		return "Assert"
	case *ast.CallExpr:
		return "Call"
	case *ast.StarExpr:
		return "Star"
	case *ast.UnaryExpr:
		return "Unary"
	case *ast.BinaryExpr:
		return "Binary"
	case *ast.KeyValueExpr:
		return "KeyValue"
	case *ast.Ellipsis:
		return "Ellipsis"
	case *ast.ArrayType:
		return "ArrayType"
	case *ast.StructType:
		return "StructType"
	case *ast.FuncType:
		return "FuncType"
	case *ast.InterfaceType:
		return "InterfaceType"
	case *ast.MapType:
		return "MapType"
	case *ast.ChanType:
		return "ChanType"
	case *ast.BadExpr:
		return "Bad"
	case *ast.ImportSpec:
		return "Import"
	case *ast.Field:
		return "Field"
	case *ast.File:
		return "File"
	case *ast.TypeSpec:
		return "TypeSpec"
	case *ast.BlockStmt:
		return "Block"
	case *ast.IfStmt:
		return "If"
	case *ast.SwitchStmt:
		return "Switch"
	case *ast.TypeSwitchStmt:
		return "TypeSwitch"
	case *ast.CaseClause:
		return "Case"
	case *ast.CommClause:
		return "Comm"
	case *ast.ForStmt:
		return "For"
	case *ast.RangeStmt:
		return "Range"
	}
	return fmt.Sprintf("%T", n)
}
