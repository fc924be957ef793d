package main

type catCommand struct {
	Thread string `arg:"" placeholder:"THREAD[@AT]" help:"Thread, and optionally the moment."`
}

func (*catCommand) Help() string {
	return `Prints the text byte for byte, control characters included.

  parodywave cat 'Weekly minutes'
  parodywave cat 'Weekly minutes@128'
  parodywave cat 'Weekly minutes@-15m'
  parodywave cat 'Weekly minutes@2026-11-22T10:00:00Z' > then.txt
`
}

func (c *catCommand) Run(a *app) error {
	s, err := a.openFor(c.Thread)
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
