package wake

import (
	"context"
	"testing"

	"installordefer/deferral"
	"installordefer/launchd/mac"
)

// noHold is a Mac that nobody holds.
type noHold struct{}

func (noHold) Load() (deferral.Hold, error) { return deferral.Hold{}, nil }

// Nothing is declared on most Macs of these tests.
func (*faulty) Declared() (mac.Declared, error) { return mac.Declared{}, nil }
func (*faulty) InstallLogTail() ([]byte, error) { return nil, nil }
func (f *fake) Declared() (mac.Declared, error) { return f.declared, nil }
func (*fake) InstallLogTail() ([]byte, error)   { return nil, nil }

func (*faulty) Hardware(context.Context) (string, error) { return "", nil }
func (f *fake) Hardware(context.Context) (string, error) { return "one", f.err }

func TestMacOS27DoesNotHeedTheProfileThatAsksForAnAdministrator(t *testing.T) {
	for version, want := range map[string]bool{"26.7": true, "27": false} {
		f := &fake{declared: mac.Declared{AdminByProfile: true}}
		w := f.wake()
		w.machine.Version = version
		if got := w.lookAtDeclared().Declared.Is.AdminOnly; got != want {
			t.Errorf("with macOS %s: %v", version, got)
		}
	}
}
