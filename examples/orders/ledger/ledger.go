// Package ledger books orders.
package ledger

import (
	"errors"
	"fmt"
	"io"
	"time"

	"example.com/orders/money"
	"example.com/orders/stock"
)

// Line is a line of an order.
type Line struct {
	Article string
	Count   uint
	Price   money.Amount
}

// Order is what somebody wants.
type Order struct {
	Customer string
	At       time.Time
	Lines    []Line
}

// Total is what the order costs.
func (o *Order) Total() money.Amount {
	amounts := make([]money.Amount, 0, len(o.Lines))
	for _, line := range o.Lines {
		amounts = append(amounts, line.Price*money.Amount(line.Count))
	}
	return money.Sum(amounts...)
}

// Ledger books orders against a stock.
type Ledger struct {
	Stock  stock.Shelf[string, stock.Article]
	booked []*Order
}

// Book takes what is ordered from the stock, all of it or nothing.
func (l *Ledger) Book(order *Order) error {
	var problems []error
	taken := make(map[string]stock.Article)
	for _, line := range order.Lines {
		article, ok := taken[line.Article]
		if !ok {
			article, ok = l.Stock.Get(line.Article)
		}
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("no article %q", line.Article))
		case article.Count < line.Count:
			problems = append(problems, &stock.Missing{Article: article, Wanted: line.Count})
		default:
			article.Count -= line.Count
			taken[line.Article] = article
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("order of %s: %w", order.Customer, err)
	}
	for name, article := range taken {
		l.Stock.Put(name, article)
	}
	l.booked = append(l.booked, order)
	return nil
}

// Print writes what was booked, and what is left.
func (l *Ledger) Print(w io.Writer) error {
	for i, order := range l.booked {
		_, err := fmt.Fprintf(w, "%3d  %-12s %10v\n", i+1, order.Customer, order.Total())
		if err != nil {
			return err
		}
	}
	for name, article := range l.Stock.All() {
		if _, err := fmt.Fprintf(w, "left: %s %d\n", name, article.Count); err != nil {
			return err
		}
	}
	return nil
}
