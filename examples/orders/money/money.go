// Package money counts in cents, so that sums are exact.
package money

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Amount is an amount of money in cents.
type Amount int64

// Amounts in common use.
const (
	Cent Amount = 1
	Euro        = 100 * Cent
)

// ErrSyntax says that a text is not an amount.
var ErrSyntax = errors.New("not an amount of money")

// Parse reads amounts such as "12", "12.5" and "-0.99".
func Parse(text string) (Amount, error) {
	whole, cents, dotted := strings.Cut(text, ".")
	negative := strings.HasPrefix(whole, "-")
	euros, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, text)
	}
	amount := Amount(euros) * Euro
	if !dotted {
		return amount, nil
	}
	n, err := strconv.ParseUint((cents + "0")[:min(2, len(cents)+1)], 10, 8)
	if err != nil || len(cents) > 2 || cents == "" {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, text)
	}
	if negative {
		return amount - Amount(n), nil
	}
	return amount + Amount(n), nil
}

// String writes the amount as people do.
func (a Amount) String() string {
	sign := ""
	if a < 0 {
		sign, a = "-", -a
	}
	return fmt.Sprintf("%s%d.%02d", sign, a/Euro, a%Euro)
}

// Sum adds whatever counts in cents.
func Sum[A ~int64](amounts ...A) (total A) {
	for _, amount := range amounts {
		total += amount
	}
	return total
}
