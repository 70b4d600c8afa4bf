package profile

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// der writes an element with a length of its own.
func der(tag byte, content ...[]byte) []byte {
	all := slices.Concat(content...)
	n := len(all)
	switch {
	case n < 128:
		return append([]byte{tag, byte(n)}, all...)
	case n < 256:
		return append([]byte{tag, 0x81, byte(n)}, all...)
	}
	return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, all...)
}

// ber writes an element whose length is left open.
func ber(tag byte, content ...[]byte) []byte {
	return slices.Concat([]byte{tag, 0x80}, slices.Concat(content...), []byte{0, 0})
}

// message puts content into the frame of a signed message.
func message(write func(byte, ...[]byte) []byte, content []byte) []byte {
	return write(0x30, der(0x06, oidSignedData), write(0xA0, write(0x30,
		der(0x02, []byte{1}), der(0x31), write(0x30, der(0x06, oidData), write(0xA0, content)), der(0x31))))
}

func TestTheContentOfASignedProfileIsFound(t *testing.T) {
	want := strings.Repeat("profile ", 100)
	half := len(want) / 2
	for about, data := range map[string][]byte{
		"in one piece":            message(der, der(0x04, []byte(want))),
		"in pieces":               message(der, der(0x24, der(0x04, []byte(want[:half])), der(0x04, []byte(want[half:])))),
		"with open lengths":       message(ber, ber(0x24, der(0x04, []byte(want[:half])), der(0x04, []byte(want[half:])))),
		"in pieces of pieces":     message(ber, ber(0x24, ber(0x24, der(0x04, []byte(want[:half]))), der(0x04, []byte(want[half:])))),
		"with something after it": append(message(der, der(0x04, []byte(want))), "more"...),
	} {
		got, err := Signed(data)
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", about, got, err)
		}
	}
}

func TestWhatIsNoSignedProfileIsRefused(t *testing.T) {
	good := message(der, der(0x04, []byte("x")))
	for about, data := range map[string][]byte{
		"nothing":                     nil,
		"one byte":                    {0x30},
		"another tag":                 der(0x31),
		"an empty message":            der(0x30),
		"a length without end":        {0x30, 0x85, 1, 1, 1, 1, 1},
		"a length below zero":         append([]byte{0x30, 0x88}, bytes.Repeat([]byte{0xFF}, 8)...),
		"more than there is":          {0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF},
		"another type":                bytes.Replace(good, oidSignedData, oidData, 1),
		"content of another type":     bytes.Replace(good, oidData, oidSignedData, 1),
		"no content":                  message(der, nil),
		"two contents":                message(der, slices.Concat(der(0x04), der(0x04))),
		"content that is no bytes":    message(der, der(0x02, []byte{1})),
		"an open length without end":  {0x30, 0x80, 0x30, 0x80},
		"an open length of bytes":     message(der, []byte{0x04, 0x80, 0, 0}),
		"a tag of several bytes":      {0x3F, 0x81, 0x01, 0x00},
		"open lengths without bottom": bytes.Repeat([]byte{0x30, 0x80}, 1000),
		"cut":                         good[:len(good)-3],
	} {
		if got, err := Signed(data); !errors.Is(err, errNotSigned) {
			t.Errorf("%s: %q, %v", about, got, err)
		}
	}
}

func TestAProfileSignedByOpenSSLIsRead(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	want := Profile{Identity: DefaultIdentity, Settings: map[string]any{"UpdateDelay": 60}}.Mobileconfig()
	in, key, cert, out := filepath.Join(dir, "in"), filepath.Join(dir, "key"), filepath.Join(dir, "cert"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, want, 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) {
		t.Helper()
		if complaint, err := exec.Command(openssl, args...).CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, complaint)
		}
	}
	run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test", "-keyout", key, "-out", cert)
	for _, more := range []string{"-nosmimecap", "-stream"} {
		run("cms", "-sign", "-nodetach", "-binary", "-in", in, "-signer", cert, "-inkey", key, "-outform", "der", "-out", out, more)
		signed, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Signed(signed); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %q, %v", more, got, err)
		}
	}
}

func FuzzSigned(f *testing.F) {
	f.Add(message(der, der(0x04, []byte("<?xml"))))
	f.Add(message(ber, ber(0x24, der(0x04, []byte("<?xml")))))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Signed(data)
		if err == nil && len(got) > len(data) {
			t.Errorf("%d bytes out of %d", len(got), len(data))
		}
	})
}
