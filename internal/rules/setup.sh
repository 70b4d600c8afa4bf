#!/bin/sh
# Installs the programs that tests read packages, traces and scripts with. On
# Debian that takes root or sudo; on a Mac they are part of the system or
# optional, and the tests that need one that is missing say so.
set -eu

packages='shellcheck strace libarchive-tools p7zip-full cpio libxml2-utils openssl dash python3 python3-jsonschema chromium'

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo 'setup: this is no Debian; tests that need a program that is missing are skipped and say so'
	exit 0
fi
missing=
for package in $packages; do
	if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" != installed ]; then
		missing="$missing $package"
	fi
done
if [ -z "$missing" ]; then
	exit 0
fi
sudo=
if [ "$(id -u)" != 0 ]; then
	sudo=sudo
fi
echo "setup: installing for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q >/dev/null
# shellcheck disable=SC2086 # a list of names
$sudo apt-get install -q -y --no-install-recommends $missing >/dev/null
