#!/bin/sh
# Signs the programs of a project, or a product archive.
#
#   sign.sh programs PROJECT ID   signs the root job and the helper's
#                                 application in a project's payload
#   sign.sh package IN OUT        signs the product archive IN and writes OUT
#
# On a Mac it uses Apple's codesign and productsign with the certificate named
# IDENTITY. Elsewhere it uses rcodesign (apple-platform-rs) with the
# certificate in the file P12, whose password is in the file
# P12_PASSWORD_FILE. A signature holds a time: what is signed is never the
# same twice.
#
# It exits with 0 when all is signed, 1 when a tool failed, and 2 when a tool
# or a setting is missing.
set -eu

missing() {
	printf 'sign: %s\n' "$*" >&2
	exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

need_p12() {
	if [ -z "${P12:-}" ] || [ -z "${P12_PASSWORD_FILE:-}" ]; then
		missing 'rcodesign needs P12, a file with the certificate, and P12_PASSWORD_FILE, a file with its password.'
	fi
}

sign_programs() {
	folder="$1/payload/Library/Application Support/$2"
	job="$folder/install-or-defer"
	app="$folder/Install or Defer.app"
	if [ ! -f "$job" ] || [ ! -d "$app" ]; then
		missing "$1 is no project with programs for $2."
	fi
	update="$folder.self-update/install-or-defer-self-update"
	[ -f "$update" ] || update=
	if have codesign && [ -n "${IDENTITY:-}" ]; then
		codesign --force --options runtime --timestamp --identifier "$2" --sign "$IDENTITY" "$job"
		if [ -n "$update" ]; then
			codesign --force --options runtime --timestamp --identifier "$2.self-update" --sign "$IDENTITY" "$update"
			codesign --verify --strict "$update"
		fi
		codesign --force --options runtime --timestamp --sign "$IDENTITY" "$app"
		codesign --verify --strict "$job" "$app"
	elif have rcodesign; then
		need_p12
		rcodesign sign --p12-file "$P12" --p12-password-file "$P12_PASSWORD_FILE" \
			--code-signature-flags runtime --for-notarization --binary-identifier "$2" "$job"
		if [ -n "$update" ]; then
			rcodesign sign --p12-file "$P12" --p12-password-file "$P12_PASSWORD_FILE" \
				--code-signature-flags runtime --for-notarization --binary-identifier "$2.self-update" "$update"
		fi
		rcodesign sign --p12-file "$P12" --p12-password-file "$P12_PASSWORD_FILE" \
			--code-signature-flags runtime --for-notarization "$app"
	else
		missing 'Signing programs needs a Mac with IDENTITY set, or rcodesign.'
	fi
	printf 'sign: signed the programs in %s\n' "$1"
}

sign_package() {
	[ -f "$1" ] || missing "there is no $1; make product writes it."
	if have productsign && [ -n "${IDENTITY:-}" ]; then
		productsign --timestamp --sign "$IDENTITY" "$1" "$2"
		pkgutil --check-signature "$2"
	elif have rcodesign; then
		need_p12
		rcodesign sign --p12-file "$P12" --p12-password-file "$P12_PASSWORD_FILE" "$1" "$2"
		rcodesign print-signature-info "$2"
	else
		missing 'Signing a package needs a Mac with INSTALLER_IDENTITY set, or rcodesign.'
	fi
	printf 'sign: wrote %s; notarize it next, see docs/packaging.md\n' "$2"
}

case ${1:-} in
programs) [ $# -eq 3 ] || missing 'usage: sign.sh programs PROJECT ID'; sign_programs "$2" "$3" ;;
package) [ $# -eq 3 ] || missing 'usage: sign.sh package IN OUT'; sign_package "$2" "$3" ;;
*) missing 'usage: sign.sh programs PROJECT ID | sign.sh package IN OUT' ;;
esac
