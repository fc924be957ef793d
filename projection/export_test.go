package projection

// SetSiteBlockLen makes blocks of sites of another length, and returns what
// undoes that.
func SetSiteBlockLen(n int) (undo func()) {
	was := siteBlockLen
	siteBlockLen = n
	return func() { siteBlockLen = was }
}

// KeystrokeRule makes new threads follow the rule of before the net law, by which
// every record changes rows for good, and returns what undoes that.
func KeystrokeRule() (undo func()) {
	was := keystrokeRule
	keystrokeRule = true
	return func() { keystrokeRule = was }
}
