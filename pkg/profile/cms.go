package profile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/smallstep/pkcs7"
)

// asn1Sequence is how a signed profile begins.
const asn1Sequence = 0x30

var errNotSigned = errors.New("not a signed profile")

// A Signed is a signed profile: a CMS message (RFC 5652) of the type
// signed-data that holds the profile.
type Signed struct {
	// Content is the profile.
	Content []byte
	// Signer is who signed it, by the name in the certificate; "" where the
	// message does not say. Whether a Mac trusts the certificate is not known.
	Signer string
	// Err says why the signature is none of Content by Signer; nil when it is.
	Err error
}

// OpenSigned opens a signed profile. Signers on macOS leave lengths open (BER),
// which is understood. A signature that is wrong is no error of opening.
func OpenSigned(data []byte) (Signed, error) {
	if err := bounded(data); err != nil {
		return Signed{}, err
	}
	message, err := pkcs7.Parse(data)
	switch {
	case err != nil:
		return Signed{}, fmt.Errorf("%w: it is damaged, or a message of another kind", errNotSigned)
	case len(message.Content) == 0 && len(message.Signers) > 0:
		return Signed{}, fmt.Errorf("%w: the signature is separate from what it signs", errNotSigned)
	case len(message.Content) == 0:
		return Signed{}, fmt.Errorf("%w: it has no content", errNotSigned)
	}
	s := Signed{Content: message.Content, Err: verify(message)}
	if cert := message.GetOnlySigner(); cert != nil {
		s.Signer = cert.Subject.CommonName
		if s.Signer == "" {
			s.Signer = cert.Subject.String()
		}
	}
	return s, nil
}

// verify says what is wrong with the signature of a message.
func verify(message *pkcs7.PKCS7) error {
	err := message.Verify()
	var changed *pkcs7.MessageDigestMismatchError
	var early *pkcs7.SigningTimeNotValidError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &changed):
		return errors.New("the profile was changed after it was signed")
	case errors.As(err, &early):
		return errors.New("it was signed at a time at which the certificate is not valid")
	}
	return fmt.Errorf("the signature cannot be verified: %s", strings.TrimPrefix(err.Error(), "pkcs7: "))
}

// What a message may have of elements and of elements in one another. A signed
// profile has some hundred, seldom one in more than a dozen others.
const (
	maxElements = 10_000
	maxNested   = 64
)

// openLength is the length of an element that ends with an empty one.
const openLength = -1

// bounded refuses a message that would take the library minutes: it copies an
// element once for each other that it is in, and looks from each one for the
// end of a length that is left open.
func bounded(data []byte) error {
	if len(data) > MaxFile {
		return fmt.Errorf("%w: it is larger than %d bytes", errNotSigned, MaxFile)
	}
	damaged := fmt.Errorf("%w: it is damaged or cut off", errNotSigned)
	var ends []int // of the elements that the next one is in
	for at, n := 0, 0; n <= maxElements && len(ends) <= maxNested; n++ {
		for len(ends) > 0 && ends[len(ends)-1] == at {
			ends = ends[:len(ends)-1]
		}
		if n > 0 && len(ends) == 0 {
			return nil
		}
		if len(data)-at < 2 {
			return damaged
		}
		if len(ends) > 0 && ends[len(ends)-1] == openLength && data[at] == 0 && data[at+1] == 0 {
			at += 2
			ends[len(ends)-1] = at
			continue
		}
		header, length, ok := lengthOf(data[at:])
		if !ok {
			return damaged
		}
		constructed := data[at]&0x20 != 0
		at += header
		switch {
		case length == openLength && constructed:
			ends = append(ends, openLength)
		case length == openLength || length > len(data)-at:
			return damaged
		case constructed:
			ends = append(ends, at+length)
		default:
			at += length
		}
	}
	return fmt.Errorf("%w: it has too many elements", errNotSigned)
}

// lengthOf reads the tag and the length of an element, which are header bytes.
func lengthOf(data []byte) (header, length int, ok bool) {
	const longTag, longLength = 0x1F, 0x80
	first := int(data[1])
	switch {
	case data[0]&longTag == longTag: // a tag of several bytes, of which CMS has none
		return 0, 0, false
	case first == longLength:
		return 2, openLength, true
	case first < longLength:
		return 2, first, true
	}
	n := first - longLength
	if n > 4 || len(data) < 2+n {
		return 0, 0, false
	}
	for _, b := range data[2 : 2+n] {
		length = length<<8 | int(b)
	}
	return 2 + n, length, true
}
