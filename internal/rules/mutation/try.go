package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A result is what came of the mistakes in one room.
type result struct {
	noticed, broken int
	survivors       []site
	ended           string // why there were no more, if there were to be
}

func (r result) tried() int { return r.noticed + len(r.survivors) }

// The ends of a try.
const (
	noticed = iota
	survived
	broken
)

// try makes mistakes until there are enough, or the time is over. Those that do
// not build are no mistakes: the compiler has noticed them.
func (o options) try(room string, sites []site, limit time.Duration) (result, error) {
	dir, err := os.MkdirTemp("", "mutation-")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(dir)
	var (
		r     result
		mu    sync.Mutex
		wait  sync.WaitGroup
		next  int
		wrong error
		end   = time.Now().Add(limit)
	)
	take := func() (s site, n int, more bool) {
		mu.Lock()
		defer mu.Unlock()
		if time.Now().After(end) {
			r.ended = "the time was over"
		}
		if wrong != nil || r.ended != "" || next == len(sites) || r.tried() >= o.sample {
			return site{}, 0, false
		}
		next++
		return sites[next-1], next, true
	}
	for range runtime.NumCPU() {
		wait.Go(func() {
			for s, n, more := take(); more; s, n, more = take() {
				came, err := o.one(room, dir, n, s)
				mu.Lock()
				switch {
				case err != nil:
					wrong = err
				case came == broken:
					r.broken++
				case came == noticed:
					r.noticed++
				default:
					r.survivors = append(r.survivors, s)
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	return r, wrong
}

// one makes one mistake and runs the tests of the room.
func (o options) one(room, dir string, n int, s site) (int, error) {
	overlay, err := s.overlay(dir, n)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), o.each)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-vet=off", "-failfast", "-short", "-overlay", overlay, "./"+room+"/...")
	cmd.Env = append(os.Environ(), "TEST_FAST=1")
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	switch text := string(out); {
	case ctx.Err() != nil:
		return noticed, nil // by who waits for it
	case strings.Contains(text, "[build failed]"):
		return broken, nil
	case err != nil:
		return noticed, nil
	}
	return survived, nil
}

// overlay writes the file with the mistake, and what tells the go command to
// build it.
func (s site) overlay(dir string, n int) (string, error) {
	source, err := os.ReadFile(s.file)
	if err != nil {
		return "", err
	}
	whole, err := filepath.Abs(s.file)
	if err != nil {
		return "", err
	}
	base := filepath.Join(dir, strconv.Itoa(n))
	text := string(source[:s.from]) + s.new + string(source[s.to:])
	if err := os.WriteFile(base+".go", []byte(text), 0o600); err != nil {
		return "", err
	}
	data, err := json.Marshal(map[string]any{"Replace": map[string]string{whole: base + ".go"}})
	if err != nil {
		return "", err
	}
	return base + ".json", os.WriteFile(base+".json", data, 0o600)
}
