package wake

import (
	"context"

	"installordefer/deferral"
	"installordefer/launchd/mac"
)

// noHold is a Mac that nobody holds.
type noHold struct{}

func (noHold) Load() (deferral.Hold, error) { return deferral.Hold{}, nil }

// Nothing is declared on the Macs of these tests.
func (*faulty) Declared() (mac.Declared, error) { return mac.Declared{}, nil }
func (*faulty) InstallLogTail() ([]byte, error) { return nil, nil }
func (*fake) Declared() (mac.Declared, error)   { return mac.Declared{}, nil }
func (*fake) InstallLogTail() ([]byte, error)   { return nil, nil }

func (*faulty) Hardware(context.Context) (string, error) { return "", nil }
func (f *fake) Hardware(context.Context) (string, error) { return "one", f.err }
