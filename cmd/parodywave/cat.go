package main

type catCommand struct {
	Thread string `arg:"" placeholder:"THREAD[@AT]" help:"Thread, and the moment."`
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
