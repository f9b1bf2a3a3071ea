// Command allocation prints how often each function of package cases allocates, at several sizes.
package main

import (
	"fmt"
	"testing"

	"allocation/cases"
)

func main() {
	for _, list := range [][]cases.Case{cases.All, cases.Newer} {
		for _, c := range list {
			count(c)
		}
	}
}

func count(c cases.Case) {
	fmt.Printf("%s:", c.Name)
	for _, n := range cases.Sizes {
		cases.Prepare(n)
		c.Run(n) // what is made once
		fmt.Printf(" %d=%v", n, testing.AllocsPerRun(100, func() { c.Run(n) }))
	}
	fmt.Println()
}
