package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
)

type doctorCommand struct {
	Repair bool   `help:"Do what is safe: move a damaged log aside and keep all that verifies, delete a damaged cache and left-over files."`
	As     string `default:"${user}" placeholder:"NAME" help:"Name of the author of the marks that a repair leaves in damaged threads (default: ${user})."`
	JSON   bool   `name:"json" help:"Print one JSON object a line."`
}

// Help returns the text below the usage.
func (*doctorCommand) Help() string {
	return `Checks everything that can be checked in a data directory, and prints for each problem what to do. It exits with status 4
if something is damaged.

With --repair, and only while no server runs, it
  - writes a new log with every record that still verifies. A damaged thread ends before its damage; a named
    version marks the place
  - moves the damaged log to damaged-TIME/ in the data directory, with a file for each damaged thread that
    holds also the records behind the damage (see export --salvage). It deletes nothing of that
  - deletes a damaged cache.db, which the server rebuilds, and files that a killed command has left behind
A repair that was interrupted can be started again.

  parodywave doctor
  parodywave doctor --repair
`
}

// A finding is one line of the doctor.
type finding struct {
	State string `json:"state"` // ok, note, problem or damaged
	Check string `json:"check"` // log, cache, clock, files, space, format, lock or copies
	What  string `json:"what"`
	Do    string `json:"do"` // what to do; empty if nothing
}

// A doctor collects findings about a data directory.
type doctor struct {
	*app
	json    bool
	damaged string // the first damage
	log     *verification
	live    bool                                         // a server runs
	free    func(path string) (bytes uint64, known bool) // on the disk of path
	step    func(name string)                            // if not nil, is called after each step of a repair
}

func (c *doctorCommand) Run(a *app) error {
	if a.File != "" {
		return usage("parodywave verify --file checks a copy of a log", "doctor looks at a data directory, not at --file")
	}
	d := &doctor{app: a, json: c.JSON, free: freeBytes}
	if _, err := os.Stat(a.logPath()); err != nil {
		if left := d.leftovers(); errors.Is(err, fs.ErrNotExist) && len(left) > 0 {
			d.found("note", "files", "left behind by a killed command: "+strings.Join(left, ", "), "no log was created; delete them")
		}
		return a.openError(err)
	}
	if c.Repair {
		return d.repair(c.As)
	}
	if err := d.examine(); err != nil {
		return err
	}
	if d.damaged != "" {
		return damaged("parodywave doctor --repair keeps all that verifies; a newer backup may have more", "damaged: %s", d.damaged)
	}
	return nil
}

// done ends a step of a repair.
func (d *doctor) done(step string) {
	if d.step != nil {
		d.step(step)
	}
}

func (d *doctor) found(state, check, what, do string) {
	if state == "damaged" && d.damaged == "" {
		d.damaged = what
	}
	if d.json {
		json.NewEncoder(d.out).Encode(finding{state, check, what, do})
		return
	}
	fmt.Fprintf(d.out, "%-8s %-7s %s\n", state, check, visible(what))
	if do != "" {
		fmt.Fprintf(d.out, "%-16s to do: %s\n", "", visible(do))
	}
}

// examine checks everything.
func (d *doctor) examine() error {
	path, remove, err := d.wholeFile()
	if err != nil {
		return err
	}
	defer remove()
	d.live = path != d.logPath()
	if d.live {
		d.found("note", "lock", "a server runs on this directory", "stop it before a repair, compact or migrate")
	} else {
		d.found("ok", "lock", "no other process uses the log", "")
	}
	if d.log, err = d.verification(path); err != nil {
		return err
	}
	defer d.log.close()
	if err := d.examineLog(); err != nil {
		return err
	}
	d.examineCache()
	d.examineFormat()
	d.examineClock()
	d.examineFiles()
	return d.examineSpace()
}

func (d *doctor) examineLog() error {
	v := d.log
	r := &v.report
	if len(v.problems) == 0 {
		d.found("ok", "log", fmt.Sprintf("%d threads, %d records, everything verifies", v.threads(), r.Records), "")
		return nil
	}
	for i, p := range v.problems {
		if i == 20 {
			d.found("damaged", "log", fmt.Sprintf("%d more", len(v.problems)-i), "parodywave verify lists all")
			break
		}
		d.found("damaged", "log", p, "")
	}
	c, err := v.census()
	if err != nil {
		return err
	}
	for _, l := range c.damaged {
		d.found("damaged", "thread", l, "")
	}
	if c.threads == 0 {
		d.found("note", "log", "no thread can be read", "keep the file, and put back a backup of it")
		return nil
	}
	d.found("note", "log", fmt.Sprintf("%d of %d threads are intact", len(c.intact), c.threads),
		"stop the server and copy the whole directory; then parodywave doctor --repair, or put back a backup that has more")
	return nil
}

func (d *doctor) examineCache() {
	v := d.log
	if v.cache == nil || len(v.problems) > 0 {
		return
	}
	c, err := v.cache.End(d.ctx)
	switch {
	case err != nil:
		d.found("damaged", "cache", err.Error(), "delete "+d.cachePath()+" while no server runs, which is always safe")
	case len(c.Problems) > 0:
		for _, p := range c.Problems {
			d.found("damaged", "cache", p, "")
		}
		d.found("note", "cache", "the server rebuilds cache.db", "stop the server and delete "+d.cachePath()+", which is always safe, or run parodywave doctor --repair")
	case c.Ignored != "":
		d.found("note", "cache", c.Ignored, "nothing: the server rebuilds it")
	case c.Snapshots > 0:
		d.found("ok", "cache", fmt.Sprintf("%d snapshots of %d threads agree with the log", c.Snapshots, c.Threads), "")
	}
}

// examineFormat says whether the log must be migrated.
func (d *doctor) examineFormat() {
	if have := d.log.report.Format; have < boltlog.Format && len(d.log.problems) == 0 {
		d.found("problem", "format", fmt.Sprintf("the log has format %d; this program writes %d", have, boltlog.Format), "parodywave migrate")
	}
}

// clockSlack is how far ahead a record may be before the doctor mentions it, in
// milliseconds: clocks of two machines may differ.
const clockSlack = 60_000

// examineClock says whether records are dated later than this machine's clock: the next
// records of their threads get the same time until the clock has caught up.
func (d *doctor) examineClock() {
	now, ahead := time.Now().UnixMilli(), 0
	var last eventlog.Head
	for _, h := range d.log.report.Heads {
		if h.Time > now+clockSlack {
			ahead++
		}
		if h.Time > last.Time {
			last = h
		}
	}
	if ahead > 0 {
		d.found("problem", "clock", fmt.Sprintf("%d streams have records of the future, the latest of %s; this machine's clock says %s", ahead, stamp(last.Time), stamp(now)),
			"check the clock; until it has passed that time, new records in these streams get the time of the last one")
	}
}

// examineFiles looks at permissions, files of killed commands, and copies of the log.
func (d *doctor) examineFiles() {
	for _, path := range []string{d.Data, d.logPath()} {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			mode := "600"
			if info.IsDir() {
				mode = "700"
			}
			d.found("problem", "files", fmt.Sprintf("other users of this machine may read or write %s (mode %#o)", path, info.Mode().Perm()), "chmod "+mode+" "+quoted(path))
		}
	}
	files := d.leftovers()
	if _, err := os.Stat(filepath.Join(d.Data, repairName)); err == nil {
		files = append(files, repairName)
	}
	if len(files) > 0 && !d.live {
		d.found("problem", "files", "left behind by a killed command: "+strings.Join(files, ", "), "parodywave doctor --repair deletes them")
	}
	for _, pattern := range []string{"log.db.v*", "log.db.damaged-*", "*.db"} {
		paths, _ := filepath.Glob(filepath.Join(d.Data, pattern))
		for _, path := range paths {
			if path != d.logPath() && path != d.cachePath() && !strings.HasSuffix(path, ".tmp") {
				d.found("note", "copies", path+" is beside the log", "parodywave verify --file "+quoted(path)+" checks it; a backup on another disk is safer")
			}
		}
	}
	aside, _ := filepath.Glob(filepath.Join(d.Data, asideName+"*"))
	for _, path := range aside {
		d.found("note", "copies", path+" is from a repair", "when you no longer need what it holds, delete it")
	}
}

// leftovers returns the files in the data directory that a killed command leaves behind
// and no command uses again.
func (d *doctor) leftovers() []string {
	var found []string
	for _, pattern := range []string{"log.db.*.tmp", "log.db.v*.tmp", "log.db.compact", "cache.db.new", asideTemp} {
		paths, _ := filepath.Glob(filepath.Join(d.Data, pattern))
		for _, p := range paths {
			if name := filepath.Base(p); !strings.Contains(strings.Join(found, "\n"), name) {
				found = append(found, name)
			}
		}
	}
	return found
}

// examineSpace says whether the disk has room for a second file as large as the log,
// which compact, migrate, repair and backup need, and whether compacting is worth it.
func (d *doctor) examineSpace() error {
	info, err := os.Stat(d.logPath())
	if err != nil {
		return err
	}
	if free, ok := d.free(d.Data); ok && free < uint64(info.Size())+64<<20 {
		d.found("problem", "space", fmt.Sprintf("%s free on the disk, and the log has %s", bytesText(int64(free)), bytesText(info.Size())),
			"free some space: compact, migrate and a repair write a second file of that size, and a full disk stops all writing")
	}
	r := &d.log.report
	if unused := int64(r.Free) * 4096; unused > 64<<20 && unused > info.Size()/2 {
		d.found("note", "space", fmt.Sprintf("%s of the log's %s are free pages", bytesText(unused), bytesText(info.Size())), "parodywave compact, while no server runs")
	}
	return nil
}

func bytesText(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
