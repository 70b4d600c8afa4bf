# Install or Defer. "make help" lists what can be made.
#
# Only Go and make are assumed. "make test" and "make app" install what they
# need on Debian (with apt-get, as root or through sudo) and say what; on a Mac
# Apple's command line tools are enough.

VERSION ?= 1.0.0
BUNDLE_ID ?= com.github.install-or-defer
NAME ?= Install or Defer

# The linters are pinned here and not in go.mod, so that who builds the program
# does not fetch them.
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
DEADCODE = golang.org/x/tools/cmd/deadcode@v0.52.0
ACTIONLINT = github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

product = installordefer/internal/product
ldflags = -X $(product).Version=$(VERSION) -X $(product).BundleID=$(BUNDLE_ID) -X $(product).ReleaseKeys=$(RELEASE_KEYS)

.PHONY: help build run test test-fast race lint setup fuzz soak cover bench generate clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the programs for this machine into build/
	@mkdir -p build
	@go build -trimpath -ldflags '$(ldflags)' -o build/ ./cmd/install-or-defer ./cmd/install-or-defer-admin
	@CGO_ENABLED=0 go build -trimpath -o build/install-or-defer-prompt ./cmd/install-or-defer-prompt

# The dialogs come as windows where somebody sits at a screen: on a Mac, on
# Linux with DISPLAY and GNUstep. WINDOW=1 asks for them on Linux, under a
# virtual screen. Otherwise the terminal shows them, and without a terminal a
# scripted person answers.
run: build ## play a whole life of the job on a simulated Mac (WINDOW=1: with windows)
	@go build -trimpath -o build/ ./internal/simmac/simtool ./internal/simmac/play
	@play='build/play --job build/install-or-defer --tools build/simtool'; \
	if [ -t 0 ] && [ "$$(uname)" = Darwin ]; then \
		mkdir -p build/window && go build -trimpath -o build/window/install-or-defer-prompt ./cmd/install-or-defer-prompt && \
		$$play --helper build/window/install-or-defer-prompt --window $(RUN); \
	elif [ -n '$(WINDOW)' ]; then \
		$(MAKE) --no-print-directory window && \
		$(xgo) display $$play --helper build/window/install-or-defer-prompt --window $(RUN); \
	elif [ -t 0 ] && [ -n "$$DISPLAY" ] && $(xgo) ready gnustep >/dev/null 2>&1; then \
		$(MAKE) --no-print-directory window && \
		$$play --helper build/window/install-or-defer-prompt --window $(RUN); \
	else \
		$$play --helper build/install-or-defer-prompt $(RUN); \
	fi

# A fifth of the random lifetimes changes with the day. What they find is told
# and fails nothing; "make soak" fails.
day := $(shell date -u +%Y%m%d)

test: setup lint ## run every test; installs what they need
	@mkdir -p build
	@LIFETIMES_DAY=$(day) LIFETIMES_FOUND=$(CURDIR)/build/lifetimes-$(day).txt go test -timeout 30m ./...; \
	status=$$?; cat build/lifetimes-$(day).txt 2>/dev/null; exit $$status

setup: ## install what the tests need, and say what
	@internal/rules/setup.sh
	@go run ./internal/toolchain/xgo setup

test-fast: ## run the tests that need nothing installed, in half a minute
	@echo 'Left out: dialogs that are clicked, pictures, programs for Macs, lives of real processes, most random lifetimes. "make test" has all.'
	@go test -short -timeout 10m ./...

# What shares memory between goroutines. The race detector makes everything ten
# times as slow, so the lives of the simulated Mac are left out.
race = ./deferral/... ./prompt ./prompt/terminal ./softwareupdate ./launchd ./internal/wake ./internal/atomicfile ./internal/clock \
	./internal/cli ./internal/logging ./internal/macos ./internal/plist ./internal/tool ./internal/simmac ./internal/simmac/life ./pkg/profile

race: ## run the tests of what runs at once, with the race detector
	@CGO_ENABLED=1 go test -race -short -timeout 20m $(race)

lint: ## gofmt, go mod tidy, vet, staticcheck, deadcode, actionlint, shellcheck
	@bad=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$bad" || { echo "not formatted: $$bad" >&2; exit 1; }
	@go mod tidy -diff
	@go vet ./...
	@go run $(STATICCHECK) ./...
	@go run ./internal/rules/dead $(DEADCODE)
	@go run $(ACTIONLINT) -shellcheck= .github/workflows/*.yml
	@if command -v shellcheck >/dev/null; then shellcheck $$(git ls-files '*.sh' pkg/scripts .ci | xargs grep -lE '^#!/bin/(ba)?sh'); \
	else echo 'lint: shellcheck is not installed, so the scripts were not checked' >&2; fi

soak: ## random lifetimes of a fresh seed (or SEED) for WAKES wakes (default a hundred million)
	@LIFETIMES_SEED=$(or $(SEED),0) LIFETIMES_WAKES=$(or $(WAKES),100000000) go test -count=1 -timeout 0 -v -run RandomLifetimes ./internal/lifetimes

fuzz: ## run every fuzz target for FUZZTIME (default 10s) each
	@go run ./internal/rules/fuzzall $(or $(FUZZTIME),10s)

cover: ## measure the coverage of the rooms
	@go test -coverprofile build/cover.out ./deferral/... ./softwareupdate ./prompt ./launchd && go tool cover -func build/cover.out | tail -n 1

mutation: ## make small mistakes in the rooms; MUTATION="-seed 1 -sample 50 deferral"
	@go run ./internal/rules/mutation $(MUTATION)

bench: ## run the benchmarks
	@go test -run '^$$' -bench . -benchmem ./...

clean: ## remove build/
	@rm -rf build

include internal/toolchain/toolchain.mk
include pkg/package.mk
