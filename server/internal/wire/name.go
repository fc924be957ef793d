package wire

import "parodywave/eventlog/names"

// CleanUser returns a user's name in the form in which the log keeps it (package
// names). A refused name is BadValue.
func CleanUser(name string, limits Limits) (string, *Error) {
	return cleanName(names.Clean("user", name, limits.User))
}

// CleanTitle is CleanUser for the title of a thread.
func CleanTitle(title string, limits Limits) (string, *Error) {
	return cleanName(names.Clean("title", title, limits.Title))
}

// CleanVersion is CleanUser for the name of a version. It also refuses names that could
// be mistaken for revisions or times.
func CleanVersion(name string, _ Limits) (string, *Error) {
	return cleanName(names.Version(name))
}

func cleanName(name string, err error) (string, *Error) {
	if err != nil {
		return "", Errorf(BadValue, "%v", err)
	}
	return name, nil
}
