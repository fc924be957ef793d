package main

type catCommand struct {
	Thread string `arg:"" placeholder:"THREAD[@AT]" help:"Thread, and the moment."`
}

// Help shows how it is used.
func (*catCommand) Help() string {
	return `Prints the text as it is, byte for byte: it is up to you what your terminal makes of it.

  parodywave cat 'Weekly minutes'
  parodywave cat 'Weekly minutes@128'
  parodywave cat 'Weekly minutes@-15m'
  parodywave cat 'Weekly minutes@2026-11-22T10:00:00Z' > then.txt
`
}

func (c *catCommand) Run(a *app) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	t, err := s.thread(a, c.Thread)
	if err != nil {
		return err
	}
	_, err = a.out.WriteString(t.Text())
	return err
}
