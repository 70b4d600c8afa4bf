// Command install-or-defer-self-update installs a newer version of this product
// that the MDM has put on the Mac. It is in the package only where the
// organization has built it in, and does nothing until SelfUpdateFolder is set.
//
// launchd starts it at load, every quarter of an hour, and when the job is taken
// off the Mac. It is a program of its own, so that the root job verifies, unpacks
// and installs no packages.
package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"installordefer/deferral"
	"installordefer/deferral/settings"
	"installordefer/deferral/statefile"
	"installordefer/internal/atomicfile"
	"installordefer/internal/cli"
	"installordefer/internal/clock"
	"installordefer/internal/logging"
	"installordefer/internal/plist"
	"installordefer/internal/product"
	"installordefer/internal/tool"
	"installordefer/internal/volume"
	"installordefer/launchd"
	"installordefer/pkg/release"
	"installordefer/pkg/selfupdate"
)

const usage = `Installs a newer version of Install or Defer that the MDM has put into the folder
of the setting SelfUpdateFolder, if a key of the organization has signed its note.
launchd starts this program every quarter of an hour; nobody needs to.

Usage:
  install-or-defer-self-update [flags]

Flags:
%s
Exit codes:
  0  it has looked; the log says what it has installed or refused
  1  it could not look; the reason is printed and in the log

Example: look now, and read along
  sudo install-or-defer-self-update --verbose
`

func main() { os.Exit(program().Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func program() cli.Program {
	return cli.Program{Name: "install-or-defer-self-update", Version: product.Version + " " + product.BundleID, Usage: usage, Define: define}
}

func define(flags *cli.Flags) cli.Action {
	root := flags.String("root", "", "a folder to take for the whole disk: that of a simulated Mac")
	verbose := flags.BoolP("verbose", "v", false, "write the log to the terminal, too")
	return func(c cli.Call) (int, error) {
		switch {
		case *root == "" && runtime.GOOS != "darwin":
			return cli.ExitFailed, errors.New("this is for a Mac, and this is not a Mac. --root FOLDER names a simulated one")
		case *root == "" && os.Geteuid() != 0:
			return cli.ExitFailed, errors.New("this must run as root, because it installs packages: use sudo")
		}
		m, err := open(*root)
		if err != nil {
			return cli.ExitFailed, err
		}
		return m.look(*verbose, c.Stderr)
	}
}

// A mac is the Mac that the program works on.
type mac struct {
	host   *launchd.Host
	runner *tool.System
	clock  clock.Clock
	sink   logging.Sink
}

// open returns the simulated Mac in the folder root, or this Mac for "".
func open(root string) (mac, error) {
	v := volume.In(root)
	m := mac{runner: &tool.System{Volume: v, Installs: true}, clock: clock.System()}
	m.host = &launchd.Host{Layout: launchd.Layout{Volume: v, ID: launchd.Identifier(product.BundleID)}, Runner: m.runner, TeamID: product.TeamID}
	m.sink = logging.Tool(m.runner, product.BundleID)
	if root == "" {
		if sink, ok := logging.Unified(product.BundleID); ok {
			m.sink = sink
		}
		return m, nil
	}
	c, err := clock.Simulated(v.Path("private/var/simmac/clock.json"))
	m.clock, m.runner.Clock = c, c
	m.runner.Env, m.host.Owner = []string{"SIMMAC_ROOT=" + root}, os.Getuid()
	return m, err
}

// look looks once.
func (m mac) look(verbose bool, stderr io.Writer) (int, error) {
	sinks := []logging.Sink{m.sink}
	if verbose {
		sinks = append(sinks, logging.Writer(stderr))
	}
	log := logging.New(logging.Multi(sinks...), func() time.Time { return m.clock.Now().Wall.In(time.Local) })
	defer log.Close()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	keys, err := release.Keys(strings.Split(product.ReleaseKeys, ","))
	if err == nil {
		err = (&selfupdate.Updater{
			Host: m.host, Runner: m.runner, Log: log, Folder: m.folder(), Keys: keys, Version: product.Version, UnderWay: m.underWay,
			Now: func() time.Time { return m.clock.Now().Wall },
		}).Run(ctx)
	}
	if err != nil {
		log.Error(logging.SelfUpdate, "%v", err)
		return cli.ExitFailed, err
	}
	return cli.ExitOK, nil
}

// folder is what the settings say. What is wrong with them the job tells.
func (m mac) folder() string {
	set, _, _ := settings.ReadFiles(func(path string) ([]byte, error) {
		return atomicfile.Read(m.host.Path(path), plist.MaxFile)
	}, product.BundleID).Settings()
	return set.SelfUpdateFolder
}

// underWay says what the job has under way while none of its wakes runs. A state
// that cannot be read may hold anything; the next wake mends it.
func (m mac) underWay() (string, error) {
	begun, err := m.host.RemovalBegun()
	if err != nil || begun {
		return "the job is being removed", err
	}
	data, err := atomicfile.Read(m.host.StateFile(), plist.MaxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	st, _, err := statefile.Decode(data)
	if err != nil || st.Round.Step.Kind == deferral.NoStep {
		return "", err
	}
	return "the step " + string(st.Round.Step.Kind) + " of the job has begun and not ended", nil
}
