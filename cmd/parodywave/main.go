// Command parodywave is the server of a collaborative editor, and the commands
// that read and write its log. See docs/ and parodywave --help.
package main

import "os"

// commands is the table of commands; each has a file of its name.
type commands struct {
	options

	Serve       serveCommand       `cmd:"" help:"Serve the page, the API and the WebSocket."`
	Threads     threadsCommand     `cmd:"" help:"List the threads, newest activity first."`
	Cat         catCommand         `cmd:"" help:"Print the text of a thread, byte for byte."`
	Blame       blameCommand       `cmd:"" help:"Print for each line who last changed it, when, and at which revision."`
	Log         logCommand         `cmd:"" help:"Print the events of a thread, newest first, or the history of one line."`
	Grep        grepCommand        `cmd:"" help:"Search the whole history: when a text appeared and vanished, and by whom."`
	Diff        diffCommand        `cmd:"" help:"Compare a thread at two moments, with the author of each difference."`
	Replay      replayCommand      `cmd:"" help:"Play the history of a thread in the terminal."`
	Tail        tailCommand        `cmd:"" help:"Print the newest events, and with -f new ones as they come."`
	Export      exportCommand      `cmd:"" help:"Write a thread to stdout: its text, or its whole history in a form that can be verified."`
	Import      importCommand      `cmd:"" help:"Create a thread from an export (which is verified), an Etherpad pad or a text file."`
	Put         putCommand         `cmd:"" help:"Replace the text of a thread with a file, as one change."`
	Restore     restoreCommand     `cmd:"" help:"Bring back an earlier text of a thread, as one change."`
	Revert      revertCommand      `cmd:"" help:"Undo the edits of one author, as one change, and keep everybody else's."`
	Verify      verifyCommand      `cmd:"" help:"Reread the log and check everything in it."`
	Doctor      doctorCommand      `cmd:"" help:"Check a data directory, say what to do about each problem, and repair what is safe."`
	Compact     compactCommand     `cmd:"" help:"Rewrite the log file, compressed and without free pages."`
	Migrate     migrateCommand     `cmd:"" help:"Upgrade the log file to the format of this release, after a backup."`
	Loadtest    loadtestCommand    `cmd:"" help:"Measure a server under load: type over real WebSockets, print latencies and lost edits."`
	Healthcheck healthcheckCommand `cmd:"" help:"Check that the running server is ready; prints nothing if it is."`
	Config      configCommand      `cmd:"" help:"Print the effective value of each flag and its source."`
	Completion  completionCommand  `cmd:"" help:"Print a shell script for Tab completion of commands, flags and threads."`
	Version     versionCommand     `cmd:"" help:"Print the version of this program."`
	Help        helpCommand        `cmd:"" help:"Print the help of a command, as its --help does."`
	Complete    completeCommand    `cmd:"" hidden:""`
	Pages       pagesCommand       `cmd:"" hidden:"" name:"check-pages"`
}

func main() { os.Exit(run(os.Args[1:])) }
