package projection_test

import "parodywave/projection/scripts"

// A script is one of package scripts.
type script scripts.Script

func (s script) String() string { return scripts.Script(s).String() }

func (s script) fits() bool {
	_, _, err := scripts.Script(s).Log()
	return err == nil
}

func scriptOf(s script) scripts.Script { return scripts.Script(s) }
