package main

// A row is a figure of the table: a metric of a benchmark, with its aim. The benchmarks
// are in cmd/parodywave/figures*_test.go; docs/benchmarks.md describes their conditions.
type row struct {
	bench  string  // name below BenchmarkFigures
	metric string  // as passed to b.ReportMetric
	what   string  // first column
	unit   string  // as printed, after scaling
	scale  float64 // from the measured to the printed unit; 0: 1
	good   float64 // good enough, as printed; 0: the row is a floor for comparison, without an aim
	aim    float64 // as printed
	less   bool    // less is better
}

// rows is the table, in its order.
var rows = []row{
	{bench: "probe/fdatasync", metric: "ms-p50", what: "floor: 4 KiB to a growing file and fdatasync, p50", unit: "ms"},
	{bench: "probe/wal", metric: "ms-p50", what: "floor: 4 KiB to a preallocated file and fdatasync, p50", unit: "ms"},
	{bench: "probe/relay", metric: "ms-p50", what: "floor: a frame passed on to 4 others by a server that keeps nothing, p50", unit: "ms"},

	{bench: "rest/paper", metric: "B/keystroke", what: "bytes a keystroke: a paper, three authors, times of 1 ms", unit: "B", good: 3, aim: 2, less: true},
	{bench: "rest/hundred", metric: "B/keystroke", what: "bytes a keystroke: 100 threads typed at once, 2,600 edits each", unit: "B", good: 5, aim: 3, less: true},
	{bench: "replay/paper", metric: "edits/cpu-s", what: "decode, apply and blame from the file: the paper", unit: "M/s", scale: 1e-6, good: 5, aim: 25},
	{bench: "replay/random", metric: "edits/cpu-s", what: "decode, apply and blame from the file: random positions in 1 MB", unit: "M/s", scale: 1e-6, good: 0.5, aim: 5},
	{bench: "append/saturated", metric: "events/s", what: "durable appends, saturated", unit: "k/s", scale: 1e-3, good: 200, aim: 1000},
	{bench: "append/offered", metric: "p50/fdatasync", what: "acknowledged at 20,000 events/s, p50, in fdatasyncs", unit: "×", good: 6, aim: 3, less: true},
	{bench: "start/cache", metric: "s", what: "start with 10 M events in 1,000 threads, with cache.db", unit: "s", good: 0.5, aim: 0.1, less: true},
	{bench: "start/log", metric: "s", what: "start with 10 M events in 1,000 threads, from the log alone", unit: "s", good: 10, aim: 3, less: true},
	{bench: "join/cold", metric: "ms-p50", what: "join of a thread of 260 k edits, cold, over the socket", unit: "ms", good: 50, aim: 10, less: true},
	{bench: "join/blame", metric: "ms-max", what: "blame of a thread of 260 k edits at any revision, the slowest of 60", unit: "ms", good: 100, aim: 20, less: true},
	{bench: "open/text", metric: "ms", what: "start of the process to a client with the text of a thread of 260 k edits", unit: "ms", good: 150, aim: 60, less: true},
	{bench: "fanout/room", metric: "deliveries/core-s", what: "deliveries a core-second: room of 1,000, 400 edits/s in", unit: "M/s", scale: 1e-6, good: 0.4, aim: 1},
	{bench: "readers/room", metric: "ms-p99", what: "1,000 readers, one writer at 5 edits/s, p99", unit: "ms", good: 50, aim: 20, less: true},
	{bench: "saturation/core", metric: "edits/s", what: "100 × (1 writer + 5 readers), server on one core, p99 < 250 ms", unit: "k/s", scale: 1e-3, good: 15, aim: 40},
	{bench: "idle/joined", metric: "KiB/conn", what: "resident memory of an idle joined connection", unit: "KiB", good: 12, aim: 8, less: true},
	{bench: "flat/ack", metric: "%spread", what: "acknowledged at 1 k, 100 k and 10 M events in the log, p50: spread", unit: "%", good: 20, aim: 5, less: true},
}

// A detail is a metric of the second table, without an aim. Its text may continue the
// row above it ("the same, p99"), so the order matters.
type detail struct{ bench, metric, what, unit string }

var details = []detail{
	{"rest/paper", "B/keystroke-unsealed", "the paper before it is sealed", "B a keystroke"},
	{"append/offered", "ms-p50", "acknowledged at 20,000 events/s, p50", "ms"},
	{"append/offered", "ms-p99", "the same, p99", "ms"},
	{"append/offered", "p50/wal", "the same p50, in appends to a preallocated file", "×"},
	{"start/log", "MiB", "resident memory after a start with 10 M events, from the log alone", "MiB"},
	{"start/cache", "MiB", "with cache.db", "MiB"},
	{"join/blame", "ms-p50", "blame at a random revision, p50", "ms"},
	{"fanout/room", "ms-p99", "room of 1,000, 400 edits/s in: p99 to each other client", "ms"},
	{"fanout/room", "ms-last-p99", "the same, to the last of them", "ms"},
	{"readers/room", "ms-last-p99", "1,000 readers: p99 to the last of them", "ms"},
	{"saturation/core", "ms-p99", "p99 at the saturated rate", "ms"},
	{"saturation/core", "%server", "processor time of the server there, 100 is a core", "%"},
	{"saturation/core", "%generator", "and of the load generator", "%"},
	{"latency/one-writes", "ms-p50", "10 threads of 5, one types 5 edits/s: p50", "ms"},
	{"latency/one-writes", "ms-p99", "the same, p99", "ms"},
	{"latency/all-write", "ms-p50", "10 threads of 5, all type 5 edits/s: p50", "ms"},
	{"latency/all-write", "ms-p99", "the same, p99", "ms"},
	{"flat/ack", "ms-1k", "acknowledged with 1,000 events in the log, p50", "ms"},
	{"flat/ack", "ms-100k", "with 100,000", "ms"},
	{"flat/ack", "ms-10M", "with 10 million", "ms"},
}
