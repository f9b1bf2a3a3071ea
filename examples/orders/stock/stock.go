// Package stock knows how many of each article there are.
package stock

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
)

// Shelf holds things by key. The zero value is empty and ready to use.
type Shelf[K cmp.Ordered, V any] struct {
	mu     sync.RWMutex
	things map[K]V
}

// Put places a thing, and returns what lay there before.
func (s *Shelf[K, V]) Put(key K, thing V) (before V, replaced bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.things == nil {
		s.things = make(map[K]V)
	}
	before, replaced = s.things[key]
	s.things[key] = thing
	return before, replaced
}

// Get looks a thing up.
func (s *Shelf[K, V]) Get(key K) (V, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	thing, ok := s.things[key]
	return thing, ok
}

// All yields everything, in the order of the keys.
func (s *Shelf[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		s.mu.RLock()
		things := maps.Clone(s.things)
		s.mu.RUnlock()
		for _, key := range slices.Sorted(maps.Keys(things)) {
			if !yield(key, things[key]) {
				return
			}
		}
	}
}

// Article is something that is sold.
type Article struct {
	Name  string
	Count uint
}

// Missing says that there is too little of an article.
type Missing struct {
	Article
	Wanted uint
}

func (m *Missing) Error() string {
	return fmt.Sprintf("%d of %s wanted, %d there", m.Wanted, m.Name, m.Count)
}
