package profile

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
)

// signing is how a test signs.
type signing struct {
	name     string
	until    time.Time // the end of the certificate; zero: in an hour
	detached bool
}

func signedBy(t testing.TB, name string, content []byte) []byte {
	return signing{name: name}.sign(t, content)
}

func (s signing) sign(t testing.TB, content []byte) []byte {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if s.until.IsZero() {
		s.until = time.Now().Add(time.Hour)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: s.name, Organization: []string{"Example"}},
		NotBefore: s.until.Add(-2 * time.Hour), NotAfter: s.until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	check(err)
	cert, err := x509.ParseCertificate(der)
	check(err)
	message, err := pkcs7.NewSignedData(content)
	check(err)
	message.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	check(message.AddSigner(cert, key, pkcs7.SignerInfoConfig{}))
	if s.detached {
		message.Detach()
	}
	data, err := message.Finish()
	check(err)
	return data
}

func TestOpenSigned(t *testing.T) {
	content := []byte(strings.Repeat("profile ", 100))
	good := signedBy(t, "Ada", content)
	other := bytes.Replace(good, []byte("profile "), []byte("profit  "), 1)
	for _, c := range []struct {
		name   string
		data   []byte
		signer string
		wrong  string // with the signature
	}{
		{"names the signer", good, "Ada", ""},
		{"names a signer without a name by what there is", signedBy(t, "", content), "O=Example", ""},
		{"finds a profile that was changed", other, "Ada", "changed after it was signed"},
		{"finds a certificate that was no longer valid", signing{name: "Ada", until: time.Now().Add(-time.Hour)}.sign(t, content), "Ada", "certificate is not valid"},
		{"finds a signature that is another's", bytes.Replace(good, good[len(good)-8:], bytes.Repeat([]byte{1}, 8), 1), "Ada", "cannot be verified"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := OpenSigned(c.data)
			if err != nil || s.Signer != c.signer || len(s.Content) != len(content) {
				t.Errorf("%d bytes by %q, %v", len(s.Content), s.Signer, err)
			}
			if (s.Err == nil) != (c.wrong == "") || s.Err != nil && !strings.Contains(s.Err.Error(), c.wrong) {
				t.Errorf("the signature: %v, want %q", s.Err, c.wrong)
			}
		})
	}
	nested := func(n int) []byte {
		return slices.Concat(bytes.Repeat([]byte{0x30, 0x80}, n), []byte{5, 0}, bytes.Repeat([]byte{0, 0}, n))
	}
	for _, c := range []struct {
		name string
		data []byte
		says string
	}{
		{"refuses nothing", nil, "damaged"},
		{"refuses a message larger than a file may be", append(bytes.Clone(good), make([]byte, MaxFile)...), "larger than"},
		{"refuses one byte", []byte{0x30}, "damaged"},
		{"refuses an empty message", []byte{0x30, 0}, "damaged"},
		{"refuses a length without end", []byte{0x30, 0x85, 1, 1, 1, 1, 1}, "damaged"},
		{"refuses a length below zero", append([]byte{0x30, 0x88}, bytes.Repeat([]byte{0xFF}, 8)...), "damaged"},
		{"refuses more than there is", []byte{0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, "damaged"},
		{"refuses a message of another type", []byte{0x30, 0x0B, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 3}, "another kind"},
		{"refuses a message that is cut off", good[:len(good)-3], "damaged"},
		{"refuses an open length without end", []byte{0x30, 0x80, 0x30, 0x80}, "damaged"},
		{"refuses an open length of bytes", []byte{0x30, 4, 4, 0x80, 0, 0}, "damaged"},
		{"refuses a tag of several bytes", []byte{0x3F, 0x81, 1, 0}, "damaged"},
		{"refuses a signature that is separate", signing{name: "Ada", detached: true}.sign(t, content), "separate from what it signs"},
		{"refuses elements in one another without bottom", nested(200_000), "too many elements"},
		{"refuses elements without number", append([]byte{0x30, 0x80}, bytes.Repeat([]byte{5, 0}, 500_000)...), "too many elements"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if s, err := OpenSigned(c.data); !errors.Is(err, errNotSigned) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%d bytes, %v", len(s.Content), err)
			}
		})
	}
}

func TestOpenSignedReadsWhatOpenSSLWrites(t *testing.T) {
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
	for _, kind := range [][]string{{"ec", "ec_paramgen_curve:P-256"}, {"rsa", "rsa_keygen_bits:2048"}} {
		run("req", "-x509", "-newkey", kind[0], "-pkeyopt", kind[1], "-nodes", "-subj", "/CN=test", "-keyout", key, "-out", cert)
		for _, more := range []string{"-nosmimecap", "-stream", "-noattr"} {
			run("cms", "-sign", "-nodetach", "-binary", "-in", in, "-signer", cert, "-inkey", key, "-outform", "der", "-out", out, more)
			signed, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := OpenSigned(signed); err != nil || !bytes.Equal(got.Content, want) || got.Signer != "test" || got.Err != nil {
				t.Errorf("%s %s: %d bytes by %q, %v, %v", kind[0], more, len(got.Content), got.Signer, got.Err, err)
			}
		}
	}
}

func TestLintVerifiesSignatures(t *testing.T) {
	data := signedBy(t, "Ada", Profile{Identity: DefaultIdentity, Settings: map[string]any{"UpdateDelay": 60}}.Mobileconfig())
	t.Run("names the signer", func(t *testing.T) {
		if r, err := (Linter{Identity: DefaultIdentity}).Lint(data); err != nil || r.Form != formSigned || r.Signer != "Ada" || len(r.Findings) > 0 {
			t.Errorf("%+v, %v", r, err)
		}
	})
	t.Run("finds what was changed afterwards", func(t *testing.T) {
		changed := bytes.Replace(data, []byte("<integer>60<"), []byte("<integer>61<"), 1)
		got := found(t, Linter{Identity: DefaultIdentity}, changed)
		if len(got) != 1 || !strings.Contains(got[0], "the whole file: signature: the profile was changed after it was signed.") {
			t.Errorf("%q", got)
		}
	})
}

func FuzzSigned(f *testing.F) {
	good := signedBy(f, "Ada", []byte("<?xml"))
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte{0x30, 0x80, 0x30, 0x80, 5, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := OpenSigned(data)
		if err == nil && (len(s.Content) == 0 || len(s.Content) > len(data)) {
			t.Errorf("%d bytes out of %d", len(s.Content), len(data))
		}
	})
}
