// Package display gives a program on Linux a screen of its own: an X server
// without a monitor (Xvfb), and GNUstep set up to look and behave the same on
// every machine. Tests and the pictures of the documentation are made on it.
package display

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Options say what the screen is like. The zero value is a screen of
// 1280 by 800 pixels.
type Options struct {
	Width, Height int
	// Scale is the number of pixels to a point along each side; 0 means 1.
	// More than 1 is for pictures: what is traced stays in points.
	Scale int
	// FontSize is the person's size for texts in points; 0 means 13, a Mac's.
	FontSize int
}

// A Display is a running X server.
type Display struct {
	// Env is what a program needs to find the screen, to be added to its
	// environment.
	Env []string

	server *exec.Cmd
	hold   io.Closer
	ended  chan struct{}
	dir    string
}

// Start starts an X server and waits until it can be used.
func Start(ctx context.Context, o Options) (*Display, error) {
	if o.Width == 0 {
		o.Width, o.Height = 1280, 800
	}
	dir, err := os.MkdirTemp("", "display-")
	if err != nil {
		return nil, fmt.Errorf("start a display: %w", err)
	}
	d := &Display{dir: dir, ended: make(chan struct{})}
	if err := d.start(ctx, o); err != nil {
		d.Close()
		return nil, fmt.Errorf("start a display: %w", err)
	}
	return d, nil
}

func (d *Display) start(ctx context.Context, o Options) error {
	config, err := writeGNUstepConfig(d.dir, o)
	if err != nil {
		return err
	}
	number, tell, err := os.Pipe()
	if err != nil {
		return err
	}
	defer number.Close()
	// The server picks a free number and tells it once it listens. Its frame
	// buffer is a file, from which Picture reads. The shell ends it when its
	// own standard input ends, so that it does not outlive this process.
	const untilInputEnds = `"$@" & read -r _; kill -9 $!; wait`
	d.server = exec.Command("sh", "-c", untilInputEnds, "sh", "Xvfb", "-displayfd", "3", "-nolisten", "tcp", "-noreset",
		"-screen", "0", fmt.Sprintf("%dx%dx24", o.Width, o.Height), "-fbdir", d.dir)
	d.server.ExtraFiles = []*os.File{tell}
	if d.hold, err = d.server.StdinPipe(); err != nil {
		return err
	}
	err = d.server.Start()
	tell.Close()
	if err != nil {
		d.server = nil
		return err
	}
	go func() {
		d.server.Wait()
		close(d.ended)
	}()
	line := make(chan string, 1)
	go func() {
		s, _ := bufio.NewReader(number).ReadString('\n')
		line <- strings.TrimSpace(s)
	}()
	select {
	case n := <-line:
		if n == "" {
			return errors.New("the X server ended at once")
		}
		d.Env = []string{"DISPLAY=:" + n, "GNUSTEP_CONFIG_FILE=" + config}
		return nil
	case <-time.After(30 * time.Second):
		return errors.New("the X server did not come up within 30 seconds")
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close ends the server, as if the screen were pulled out. It may be called
// again.
func (d *Display) Close() {
	if d.server != nil {
		d.hold.Close()
		<-d.ended
	}
	os.RemoveAll(d.dir)
}

var userFolder = regexp.MustCompile(`(?m)^(GNUSTEP_USER_DIR_\w+|GNUSTEP_USER_DEFAULTS_DIR)=.*$`)

// writeGNUstepConfig keeps GNUstep from reading and writing the person's own
// settings. It takes the home folder from the password file, so it needs a
// whole configuration of its own.
func writeGNUstepConfig(dir string, o Options) (string, error) {
	system, err := os.ReadFile("/etc/GNUstep/GNUstep.conf")
	if err != nil {
		return "", fmt.Errorf("GNUstep is not installed: %w", err)
	}
	config := userFolder.ReplaceAllString(string(system), "$1="+filepath.Join(dir, "gnustep"))
	name := filepath.Join(dir, "GNUstep.conf")
	if err := os.WriteFile(name, []byte(config), 0o644); err != nil {
		return "", err
	}
	settings := fmt.Sprintf("{ NSFontSize = %d; GSScaleFactor = %d; }\n", cmp.Or(o.FontSize, 13), max(o.Scale, 1))
	defaults := filepath.Join(dir, "gnustep")
	if err := os.MkdirAll(defaults, 0o755); err != nil {
		return "", err
	}
	return name, os.WriteFile(filepath.Join(defaults, "NSGlobalDomain.plist"), []byte(settings), 0o644)
}

// Picture is what the screen shows now.
func (d *Display) Picture() (*image.NRGBA, error) {
	data, err := os.ReadFile(filepath.Join(d.dir, "Xvfb_screen0"))
	if err != nil {
		return nil, fmt.Errorf("read the screen: %w", err)
	}
	img, err := decodeXWD(data)
	if err != nil {
		return nil, fmt.Errorf("read the screen: %w", err)
	}
	return img, nil
}

// decodeXWD reads an X window dump as Xvfb keeps it: version 7, four bytes a
// pixel, blue first.
func decodeXWD(data []byte) (*image.NRGBA, error) {
	const words = 25
	if len(data) < 4*words {
		return nil, errors.New("the dump is cut off")
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(data[4*i:])) }
	headerSize, version := field(0), field(1)
	width, height, bitsPerPixel, stride, colors := field(4), field(5), field(11), field(12), field(19)
	pixels := headerSize + 12*colors
	const most = 1 << 14 // along a side
	if width > most || height > most || stride > 8*most || headerSize > 1<<16 || colors > 1<<16 {
		return nil, errors.New("the dump is of no screen")
	}
	if version != 7 || bitsPerPixel != 32 || stride < 4*width || pixels+stride*height > len(data) {
		return nil, fmt.Errorf("a dump of version %d with %d bits a pixel is not known", version, bitsPerPixel)
	}
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		row := data[pixels+y*stride:]
		for x := range width {
			img.SetNRGBA(x, y, color.NRGBA{R: row[4*x+2], G: row[4*x+1], B: row[4*x], A: 255})
		}
	}
	return img, nil
}
