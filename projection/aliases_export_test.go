package projection

import "fmt"

// AliasFault returns which aliases of a thread lead in a circle: who follows them
// would never end.
func AliasFault(t *Thread) error {
	for id, to := range t.aliases {
		for n, ok := 0, true; ok; n++ {
			if n > len(t.aliases) {
				return fmt.Errorf("the aliases of %v lead in a circle", id)
			}
			to, ok = t.aliases[to]
		}
	}
	return nil
}
