// Orders books a few orders and prints the result.
package main

import (
	"errors"
	"log"
	"os"
	"time"

	"example.com/orders/ledger"
	"example.com/orders/money"
	"example.com/orders/stock"
)

func main() {
	price, err := money.Parse("2.50")
	if err != nil {
		log.Fatal(err)
	}
	var books ledger.Ledger
	for i, name := range []string{"apples", "pears"} {
		books.Stock.Put(name, stock.Article{Name: name, Count: uint(10 * (i + 1))})
	}
	for i := range 3 {
		order := &ledger.Order{
			Customer: string(rune('A' + i)),
			At:       time.Now(),
			Lines:    []ledger.Line{
				{Article: "apples", Count: uint(4 + i), Price: price},
				{Article: "pears", Count: 1, Price: 3 * money.Euro},
			},
		}
		var missing *stock.Missing
		if err := books.Book(order); errors.As(err, &missing) {
			log.Printf("%v (short of %d)", err, missing.Wanted-missing.Count)
		} else if err != nil {
			log.Fatal(err)
		}
	}
	if err := books.Print(os.Stdout); err != nil {
		log.Fatal(err)
	}
}
