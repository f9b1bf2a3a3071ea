package main

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// result is what a benchmark prints, as one line of JSON.
type result struct {
	Bench    string    `json:"bench"`
	Go       string    `json:"go"`
	Packages int       `json:"packages"`
	Files    int       `json:"files"`
	Bytes    int       `json:"bytes"`
	Lines    int       `json:"lines"`
	Workers  int       `json:"workers"`
	Seconds  []float64 `json:"seconds"`
	MBPerSec float64   `json:"mb_per_second"`
	PeakKiB  int       `json:"peak_kib"`
	Errors   int       `json:"errors"`
}

func (r *result) print() error {
	best := r.Seconds[0]
	for _, s := range r.Seconds {
		best = min(best, s)
	}
	r.Go = runtime.Version()
	r.MBPerSec = float64(r.Bytes) / 1e6 / best
	r.PeakKiB = peakKiB()
	return json.NewEncoder(os.Stdout).Encode(r)
}

// peakKiB is the largest resident size so far. getrusage will not do: it also counts what the
// process was before exec.
func peakKiB() int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			var kib int
			fmt.Sscan(rest, &kib)
			return kib
		}
	}
	return 0
}

// benchParse times the parser on files held in memory, on one thread.
func benchParse(specs []*pkgSpec, rounds int, resolve bool) error {
	runtime.GOMAXPROCS(1)
	r := result{Bench: "parse", Packages: len(specs), Workers: 1}
	var names []string
	var texts [][]byte
	for _, spec := range specs {
		for _, name := range spec.files {
			text, err := os.ReadFile(filepath.Join(spec.dir, name))
			if err != nil {
				return err
			}
			names, texts = append(names, name), append(texts, text)
			r.Bytes += len(text)
			r.Lines += strings.Count(string(text), "\n")
		}
	}
	r.Files = len(texts)
	mode := parser.ParseComments
	if !resolve {
		mode |= parser.SkipObjectResolution
	}
	for range max(rounds, 1) {
		runtime.GC()
		r.Errors = 0
		fset := token.NewFileSet()
		start := time.Now()
		for i, text := range texts {
			if _, err := parser.ParseFile(fset, names[i], text, mode); err != nil {
				r.Errors++
			}
		}
		r.Seconds = append(r.Seconds, time.Since(start).Seconds())
	}
	return r.print()
}

// benchCheck times reading, parsing and checking everything once, all facts recorded.
func benchCheck(specs []*pkgSpec, arch string, workers int, keep bool) error {
	runtime.GOMAXPROCS(workers)
	start := time.Now()
	s, err := newSession(specs, arch, func(u *unit) {
		if !keep {
			u.files, u.info = nil, nil
		}
	})
	if err != nil {
		return err
	}
	s.run(workers)
	r := result{Bench: "check", Packages: len(s.units), Workers: workers}
	r.Seconds = []float64{time.Since(start).Seconds()}
	for _, u := range s.units {
		r.Files += len(u.spec.files)
		r.Errors += len(u.errors)
	}
	s.fset.Iterate(func(f *token.File) bool {
		r.Bytes += f.Size()
		r.Lines += f.LineCount()
		return true
	})
	return r.print()
}
