package projection

// SetSiteBlockLen makes blocks of sites of another length, and returns what
// undoes that.
func SetSiteBlockLen(n int) (undo func()) {
	was := siteBlockLen
	siteBlockLen = n
	return func() { siteBlockLen = was }
}
