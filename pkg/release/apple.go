package release

import (
	"errors"
	"fmt"
	"strings"
)

// Signature is what "pkgutil --check-signature" says of a package.
type Signature struct {
	// Status is Apple's own sentence, and Notarized tells whether Apple's notary
	// service trusts the package.
	Status    string
	Notarized bool
	// Signer is the first certificate of the chain, and Team the ten letters and
	// digits at its end.
	Signer, Team string
}

// ReadSignature reads what pkgutil prints. Its exit code says nothing of who has
// signed: it is 0 for every developer that Apple knows.
func ReadSignature(output string) (Signature, error) {
	var s Signature
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if text, ok := strings.CutPrefix(line, "Status: "); ok {
			s.Status = text
		}
		if text, ok := strings.CutPrefix(line, "Notarization: "); ok {
			s.Notarized = strings.HasPrefix(text, "trusted")
		}
		if text, ok := strings.CutPrefix(line, "1. "); ok && s.Signer == "" {
			s.Signer = text
		}
	}
	if s.Status == "" {
		return Signature{}, fmt.Errorf("pkgutil said nothing of a signature: %.200q", output)
	}
	if open := strings.LastIndexByte(s.Signer, '('); open >= 0 && strings.HasSuffix(s.Signer, ")") {
		s.Team = s.Signer[open+1 : len(s.Signer)-1]
	}
	return s, nil
}

// Check tells whether the package was signed by a team, by a certificate of
// Apple's for distribution.
func (s Signature) Check(team string) error {
	switch {
	case !strings.HasPrefix(s.Status, "signed by a developer certificate issued by Apple"):
		return fmt.Errorf("pkgutil says: %s", s.Status)
	case !strings.HasPrefix(s.Signer, "Developer ID Installer: "):
		return fmt.Errorf("it is signed by %q, which is no Developer ID Installer", s.Signer)
	case s.Team == "":
		return errors.New("its certificate names no team")
	case s.Team != team:
		return fmt.Errorf("it is signed by the team %s, not %s", s.Team, team)
	}
	return nil
}
