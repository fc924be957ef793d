// Command parodywave is the collaborative editor's server and everything that
// can be asked of its log from a shell. See docs/ and parodywave --help.
package main

import "os"

// commands is the table of what the program does; each has a file of its name.
type commands struct {
	options

	Serve       serveCommand       `cmd:"" help:"Serve the page, the API and the WebSocket."`
	Threads     threadsCommand     `cmd:"" help:"List the threads, the one with the newest record first."`
	Cat         catCommand         `cmd:"" help:"Print the text of a thread, exactly."`
	Blame       blameCommand       `cmd:"" help:"Print who last changed each line, when and at which revision."`
	Log         logCommand         `cmd:"" help:"Print what happened in a thread, newest first, or the history of one line."`
	Grep        grepCommand        `cmd:"" help:"Search all that was ever written: when it appeared and vanished, and by whom."`
	Diff        diffCommand        `cmd:"" help:"Tell two moments of a thread apart, with who did what."`
	Replay      replayCommand      `cmd:"" help:"Play the history of a thread, a frame a step."`
	Tail        tailCommand        `cmd:"" help:"Print the newest events, and those to come."`
	Export      exportCommand      `cmd:"" help:"Write a thread to stdout: its text, or all of it in a form that verifies."`
	Import      importCommand      `cmd:"" help:"Make a thread of an export, which must verify, of a pad of Etherpad, or of a text."`
	Put         putCommand         `cmd:"" help:"Make the text of a thread what a file says, as one change."`
	Restore     restoreCommand     `cmd:"" help:"Bring the text of a moment back, as one change."`
	Revert      revertCommand      `cmd:"" help:"Take back what an author did, as one change, and leave what others did."`
	Verify      verifyCommand      `cmd:"" help:"Reread the log and check everything in it."`
	Compact     compactCommand     `cmd:"" help:"Write the log's file anew, sealed and without free pages."`
	Migrate     migrateCommand     `cmd:"" help:"Upgrade the log's file to the format of this release, after a backup."`
	Loadtest    loadtestCommand    `cmd:"" help:"Type into threads over real WebSockets: how long edits take, and what gets lost."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask the running server whether it is well; exit status only."`
	Config      configCommand      `cmd:"" help:"Print the flags' effective values and where they come from."`
	Completion  completionCommand  `cmd:"" help:"Print a script that makes Tab complete commands, flags and threads."`
	Version     versionCommand     `cmd:"" help:"Print the version of this program."`
	Help        helpCommand        `cmd:"" help:"Print what a command does, as its --help does."`
	Complete    completeCommand    `cmd:"" hidden:""`
	Pages       pagesCommand       `cmd:"" hidden:"" name:"check-pages"`
}

func main() { os.Exit(run(os.Args[1:])) }
