package money

import "testing"

func TestParse(t *testing.T) {
	for text, want := range map[string]Amount{"12": 12 * Euro, "12.5": 1250, "0.07": 7, "-0.99": -99} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}
