# make test runs every check that a change must pass. It installs what it needs.
STATICCHECK = go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: test check web web-test page race storm torture abuse bench demo-trace fuzz mutate chromium

test: check web-test race page

# Formatting, vet, static analysis, and the wordings of english_test.go.
check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'gofmt: the files above'; exit 1; }
	go vet ./...
	$(STATICCHECK) ./...
	go test -vet=off -run TestTextsArePlainEnglish ./cmd/parodywave

# All Go tests, with the race detector where it can see something: in the packages that
# start goroutines, themselves or in their tests. The others run without it, five to ten
# times as fast. The tests of the two programs start them as processes, which are built
# without the detector, so these tests run without it, too. Only verify and the readers
# beside a server are run with it: there a test's own process runs a command in several
# goroutines. The wordings and vet are for make check.
CONCURRENT = $(filter-out $(PROGRAMS),$(sort $(patsubst %/,./%,$(dir $(shell git grep -lE '^[[:space:]]*go [a-z]|\.Go.func' -- '*.go')))))
PROGRAMS = ./cmd/parodywave ./cmd/torture
race: web/node_modules
	go test -race -vet=off -timeout 20m $(CONCURRENT)
	go test -race -vet=off -run '^Test(Reader|Verify)' ./cmd/parodywave
	go test -vet=off -timeout 20m -skip '^TestTextsArePlainEnglish$$' $$(go list ./... | grep -vxF "$$(go list $(CONCURRENT))")

# Types and unit tests of the pages; checks that web/dist is built from its source.
web-test: web/node_modules
	cd web && npm run --silent check && npm test --silent
	cd web && npm run --silent build
	git diff --exit-code --stat web/dist

# Every random test with new seeds. make test uses the same seeds at every run, so
# that its result repeats; this target looks for new faults. A failure prints the
# seed that repeats it.
storm: export PARODYWAVE_SEED = fresh
storm: web/node_modules
	cd web && npm test --silent
	go test -count=1 -timeout 20m -skip '^TestScript$$' ./...

# Breaks a server and its files in many ways and counts the lost edits, for hours;
# see docs/reliability.md. make torture ROW=kill N=500 SEED=7 FOR=1h chooses a row,
# its rounds and the first seed, and when to begin no more. An ended run continues.
# Some rows need root, strace, or a kernel that runs as a process with its file systems.
torture:
	@missing=; for p in strace:strace linux.uml:user-mode-linux mkfs.xfs:xfsprogs mkfs.btrfs:btrfs-progs; do \
		PATH=$$PATH:/usr/sbin command -v $${p%%:*} >/dev/null || missing="$$missing $${p##*:}"; done; \
	test -z "$$missing" || { \
		echo "installing$$missing from the system packages"; \
		SUDO=; test "$$(id -u)" = 0 || SUDO=sudo; \
		$$SUDO apt-get update -q && $$SUDO apt-get install -y -q --no-install-recommends $$missing; }
	go run ./cmd/torture $(if $(ROW),-rows $(ROW)) $(if $(N),-n $(N)) $(if $(SEED),-seed $(SEED)) $(if $(FOR),-for $(FOR))

# Sends a server the costliest messages known, and prints how long people who type
# meanwhile wait; see docs/reliability.md. make abuse ONLY=submit,put runs some rows.
abuse:
	go run ./cmd/torture/abuse $(if $(ONLY),-only $(ONLY))

# The page in a real browser against the real server.
page: web/node_modules chromium
	go test -count=1 -vet=off -timeout 20m -run TestPage -tags page ./cmd/parodywave

chromium:
	@command -v chromium >/dev/null || { \
		echo 'installing chromium from the system packages'; \
		SUDO=; test "$$(id -u)" = 0 || SUDO=sudo; \
		$$SUDO apt-get update -q && $$SUDO apt-get install -y -q --no-install-recommends chromium fonts-noto-cjk; }

web: web/node_modules
	cd web && npm run build

web/node_modules: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch web/node_modules

# Every figure of docs/benchmarks.md, in about ten minutes; run nothing else
# meanwhile. make bench ONLY=fanout measures and prints one part: probe, rest,
# replay, append, join, open, idle, latency, fanout, readers, saturation, start or
# flat. docs/bench.txt keeps the results for benchstat.
FIGURES = go run ./cmd/parodywave/figures
# The machine and its load, as comments for benchstat and the page.
CONDITIONS = { date -u '+\# %F %H:%M UTC'; \
	awk -F ': ' '/^model name/ {n++; cpu = $$2} /^MemTotal/ {mem = $$2 / 1048576} END {printf "\# %d × %s, %.0f GiB\n", n, cpu, mem}' /proc/cpuinfo /proc/meminfo; \
	echo "\# $$(go env GOOS) $$(uname -r) $$(go env GOARCH), $$(go env GOVERSION)"; \
	echo "\# load average before: $$(cut -d ' ' -f 1-3 /proc/loadavg)"; }
MEASURE = go test -run '^$$' -benchtime 1x -timeout 30m -bench '^BenchmarkFigures$$/$(if $(ONLY),^$(ONLY)$$)' ./cmd/parodywave

bench:
	@out=$$(mktemp -d); trap 'rm -r "$$out"' EXIT; $(CONDITIONS) >"$$out/results" || exit 1; \
	{ $(MEASURE); echo $$? >"$$out/status"; } | tee -a "$$out/results"; \
	if test -n '$(ONLY)'; then $(FIGURES) "$$out/results"; \
	else cp "$$out/results" docs/bench.txt && $(FIGURES) docs/bench.txt docs/benchmarks.md; fi; \
	exit $$(cat "$$out/status")

# Recorded typing through real WebSockets; see cmd/parodywave/demo_test.go.
demo-trace:
	go test -count=1 -v -run TestDemoTrace -timeout 20m ./cmd/parodywave

fuzz:
	go test -run '^$$' -fuzz FuzzParse -fuzztime 1m ./eventlog/ot
	go test -run '^$$' -fuzz FuzzTransform -fuzztime 1m ./eventlog/ot
	go test -run '^$$' -fuzz FuzzUnpack -fuzztime 1m ./eventlog/event
	go test -run '^$$' -fuzz FuzzOpenBlock -fuzztime 1m ./eventlog/internal/pack
	go test -run '^$$' -fuzz FuzzDecode -fuzztime 1m ./server/internal/wire

# A sample of changes to four packages, each of which some test should notice:
# make mutate N=50 SEED=7. An interrupted run continues. The limit on memory is for
# changes that make a loop endless.
mutate: N = 20
mutate: SEED = 1
mutate:
	ulimit -v 12000000; go run ./cmd/parodywave/mutate -n $(N) -seed $(SEED) ./server/internal/authority ./eventlog/boltlog ./projection ./eventlog/ot
