package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"sync"
)

const parseMode = parser.ParseComments | parser.SkipObjectResolution

// unit is a package on its way from its specification to its types.
type unit struct {
	spec    *pkgSpec
	index   int
	parsed  bool // claimed for parsing
	ready   bool // parsing finished
	checked bool // claimed for checking
	waiting int  // imports not yet checked
	users   []*unit

	files  []*ast.File
	errors []error
	pkg    *types.Package
	info   *types.Info
}

// session checks units in the order of their imports, on several goroutines.
type session struct {
	fset  *token.FileSet
	sizes types.Sizes
	units []*unit
	by    map[string]*unit
	after func(*unit) // called when a unit is checked, on the goroutine that did it

	mu        sync.Mutex
	changed   *sync.Cond
	nextParse int // no unit before this one waits for parsing
	left      int // units not yet done
}

func newSession(specs []*pkgSpec, arch string, after func(*unit)) (*session, error) {
	s := &session{fset: token.NewFileSet(), by: map[string]*unit{}, after: after}
	s.changed = sync.NewCond(&s.mu)
	if s.sizes = types.SizesFor("gc", arch); s.sizes == nil {
		return nil, fmt.Errorf("unknown architecture %q", arch)
	}
	for _, spec := range specs {
		if spec.path == "unsafe" {
			continue
		}
		if s.by[spec.path] != nil {
			return nil, fmt.Errorf("package %s is given twice", spec.path)
		}
		u := &unit{spec: spec, index: len(s.units)}
		s.units = append(s.units, u)
		s.by[spec.path] = u
	}
	for _, u := range s.units {
		seen := map[string]bool{}
		for _, to := range u.spec.imports {
			if to == "unsafe" || to == "C" || seen[to] {
				continue
			}
			seen[to] = true
			dep := s.by[to]
			if dep == nil {
				return nil, fmt.Errorf("package %s imports %s, which is not given", u.spec.path, to)
			}
			dep.users = append(dep.users, u)
			u.waiting++
		}
	}
	s.left = len(s.units)
	return s, s.refuseCycles()
}

// refuseCycles makes sure that run will end.
func (s *session) refuseCycles() error {
	open := make([]int, len(s.units))
	var queue []*unit
	for i, u := range s.units {
		if open[i] = u.waiting; open[i] == 0 {
			queue = append(queue, u)
		}
	}
	done := 0
	for ; len(queue) > 0; done++ {
		u := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, user := range u.users {
			if open[user.index]--; open[user.index] == 0 {
				queue = append(queue, user)
			}
		}
	}
	if done < len(s.units) {
		return fmt.Errorf("the imports form a cycle")
	}
	return nil
}

// run does all the work. A goroutine takes a package that can be checked, else one that can be
// parsed, else it waits.
func (s *session) run(workers int) {
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.work()
		}()
	}
	wg.Wait()
}

func (s *session) work() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.left > 0 {
		if u := s.nextChecked(); u != nil {
			claimed := !u.parsed
			u.parsed, u.checked = true, true
			s.mu.Unlock()
			if claimed {
				s.parse(u)
			}
			s.check(u)
			s.after(u)
			s.mu.Lock()
			s.left--
			for _, user := range u.users {
				user.waiting--
			}
			s.changed.Broadcast()
		} else if u := s.nextUnparsed(); u != nil {
			u.parsed = true
			s.mu.Unlock()
			s.parse(u)
			s.mu.Lock()
			u.ready = true
			s.changed.Broadcast()
		} else {
			s.changed.Wait()
		}
	}
}

func (s *session) nextChecked() *unit {
	for _, u := range s.units {
		if !u.checked && u.waiting == 0 && (u.ready || !u.parsed) {
			return u
		}
	}
	return nil
}

func (s *session) nextUnparsed() *unit {
	for ; s.nextParse < len(s.units); s.nextParse++ {
		if u := s.units[s.nextParse]; !u.parsed {
			return u
		}
	}
	return nil
}

func (s *session) parse(u *unit) {
	u.files = make([]*ast.File, 0, len(u.spec.files))
	for _, name := range u.spec.files {
		file, err := parser.ParseFile(s.fset, filepath.Join(u.spec.dir, name), nil, parseMode|parser.AllErrors)
		if err != nil {
			u.errors = append(u.errors, err)
		}
		if file != nil {
			u.files = append(u.files, file)
		}
	}
}

func (s *session) check(u *unit) {
	u.info = &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{
		GoVersion: u.spec.version,
		Importer:  unitImporter{s, u},
		Sizes:     s.sizes,
		Error:     func(err error) { u.errors = append(u.errors, err) },
	}
	u.pkg, _ = conf.Check(u.spec.path, s.fset, u.files, u.info)
}

// unitImporter answers the imports of one unit. What it hands out was checked before: the unit
// would not have been taken up otherwise.
type unitImporter struct {
	s *session
	u *unit
}

func (im unitImporter) Import(path string) (*types.Package, error) {
	real, ok := im.u.spec.imports[path]
	if path == "unsafe" || real == "unsafe" {
		return types.Unsafe, nil
	}
	if !ok {
		return nil, fmt.Errorf("import %q is not given for %s", path, im.u.spec.path)
	}
	dep := im.s.by[real]
	if dep == nil || dep.pkg == nil {
		return nil, fmt.Errorf("package %s has no types", real)
	}
	return dep.pkg, nil
}
