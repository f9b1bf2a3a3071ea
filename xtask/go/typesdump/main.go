// Typesdump type-checks Go packages with go/types and writes down what it found in a canonical
// form, so that another type checker can be compared with it. It also serves as the baseline of
// speed: the same parsing and checking, timed, with nothing written down.
//
// The packages come on standard input, one statement a line, and need not be sorted:
//
//	package IMPORTPATH     starts a package
//	dir DIRECTORY
//	go VERSION             language version, such as go1.24; may be left out
//	file NAME              once per file, relative to dir
//	import PATH REALPATH   once per import; the two differ for vendored packages
//
// What is written, and how, stands in xtask/src/oracle/types_format.rs.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"strings"
)

// pkgSpec is a package as standard input describes it.
type pkgSpec struct {
	path    string
	dir     string
	version string
	files   []string
	imports map[string]string // path as written -> path of the package meant
}

func readSpecs(r io.Reader) ([]*pkgSpec, error) {
	var specs []*pkgSpec
	var cur *pkgSpec
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		line := in.Text()
		if line == "" {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		if word == "package" {
			cur = &pkgSpec{path: rest, imports: map[string]string{}}
			specs = append(specs, cur)
			continue
		}
		if cur == nil {
			return nil, fmt.Errorf("line %d: %q before any package", n, word)
		}
		switch word {
		case "dir":
			cur.dir = rest
		case "go":
			cur.version = rest
		case "file":
			cur.files = append(cur.files, rest)
		case "import":
			from, to, ok := strings.Cut(rest, " ")
			if !ok {
				return nil, fmt.Errorf("line %d: import needs two paths", n)
			}
			cur.imports[from] = to
		default:
			return nil, fmt.Errorf("line %d: unknown statement %q", n, word)
		}
	}
	return specs, in.Err()
}

func run() error {
	var (
		arch    = flag.String("goarch", "amd64", "architecture whose sizes are used")
		full    = flag.String("full", "", "write the lines themselves for files whose `regexp` matches importpath/name (or importpath alone, for initialization orders)")
		bench   = flag.String("bench", "", "measure instead of dumping: parse or check")
		rounds  = flag.Int("n", 3, "rounds of -bench parse")
		resolve = flag.Bool("resolve", false, "let -bench parse resolve identifiers as the parser does by default")
		keep    = flag.Bool("keep", false, "let -bench check keep trees and facts of all packages to the end")
		workers = flag.Int("j", runtime.GOMAXPROCS(0), "packages worked on at once")
	)
	flag.Parse()
	if flag.NArg() > 0 || *workers < 1 {
		return fmt.Errorf("packages are read from standard input; see -help")
	}
	specs, err := readSpecs(os.Stdin)
	if err != nil {
		return err
	}
	if len(specs) == 0 {
		return fmt.Errorf("no packages on standard input")
	}

	switch *bench {
	case "":
	case "parse":
		return benchParse(specs, *rounds, *resolve)
	case "check":
		return benchCheck(specs, *arch, *workers, *keep)
	default:
		return fmt.Errorf("unknown benchmark %q", *bench)
	}

	var wanted *regexp.Regexp
	if *full != "" {
		if wanted, err = regexp.Compile(*full); err != nil {
			return err
		}
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	failed, err := dumpAll(out, specs, *arch, *workers, wanted)
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if failed {
		return fmt.Errorf("some packages have errors; see the E lines")
	}
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "typesdump:", err)
		os.Exit(1)
	}
}
