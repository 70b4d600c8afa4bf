# The packages. The main Makefile includes this file and says what VERSION,
# BUNDLE_ID and NAME are; BUNDLE_ID changes every place at once.
#
#   SOURCE_DATE_EPOCH   the time of everything in a package: the last commit's
#   IDENTITY            the certificate for programs, on a Mac:
#                       "Developer ID Application: NAME (TEAM)"; make pkg and
#                       make product sign the programs when it is set
#   INSTALLER_IDENTITY  the certificate for packages, on a Mac:
#                       "Developer ID Installer: NAME (TEAM)"
#   P12 INSTALLER_P12   elsewhere, with rcodesign: the files of these two
#   P12_PASSWORD_FILE   the file with their password
#   RELEASE_KEY         the file with the private key that signs releases, and
#   RELEASE_KEYS        the public keys that "verify" takes, with commas between
#   SELF_UPDATE_KEY     the public keys, with commas between them, whose releases
#                       a Mac installs by itself: builds the self-update in
#   PACKAGE             the package to release: build/install-or-defer-VERSION.pkg
#   PUBLISHER           who publishes it, in the patch definition
#   TEAM_ID             the team that signs; follows from IDENTITY

VERSION ?= 1.0.0
BUNDLE_ID ?= com.github.install-or-defer
NAME ?= Install or Defer
PACKAGE ?= $(pkg_file).pkg
PUBLISHER ?= $(BUNDLE_ID)
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1767225600)
# Where make app leaves the application.
APP ?= build/Install or Defer.app
# The team that signed, in brackets at the end of IDENTITY. A root job that
# knows it starts no helper of anybody else.
pkg_open := (
pkg_close := )
TEAM_ID ?= $(subst $(pkg_close),,$(lastword $(subst $(pkg_open), ,$(if $(findstring $(pkg_open),$(IDENTITY)),$(IDENTITY)))))
INSTALLER_IDENTITY ?= $(subst Developer ID Application,Developer ID Installer,$(IDENTITY))

pkg_build = SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) go run ./pkg/build
# A build with another identifier is another package, and must not take the place
# of this one.
pkg_file = build/install-or-defer-$(VERSION)$(addprefix -,$(filter-out com.github.install-or-defer,$(BUNDLE_ID)))
# Nothing of the machine may reach the programs: no version control stamp, no
# processor settings of the person who builds.
pkg_env = GOAMD64=v1 GOARM64=v8.0 GOFLAGS=-buildvcs=false
pkg_ldflags = -s -w $(foreach x,Version=$(VERSION) BundleID=$(BUNDLE_ID) TeamID=$(TEAM_ID),-X installordefer/internal/product.$(x))

.PHONY: pkg product munkipkg sign sign-pkg release rootjob selfupdate

pkg: munkipkg ## build the package for Jamf Pro, Munki and installer(8)
	@$(pkg_build) pkg --project build/munkipkg --out '$(pkg_file).pkg'
	@$(pkg_build) scripts --out build --id '$(BUNDLE_ID)'

product: munkipkg ## build the product archive for an MDM's own install command
	@$(pkg_build) product --project build/munkipkg --out '$(pkg_file)-product.pkg'

munkipkg: rootjob $(if $(SELF_UPDATE_KEY),selfupdate) app ## lay out the package as a project for munkipkg
	@$(pkg_build) stage --out build/munkipkg --id '$(BUNDLE_ID)' --version '$(VERSION)' --title '$(NAME)' \
		--program build/universal/install-or-defer --app '$(APP)' $(if $(SELF_UPDATE_KEY),--self-update build/universal/install-or-defer-self-update)
ifneq ($(IDENTITY)$(P12),)
	@IDENTITY='$(IDENTITY)' P12='$(P12)' P12_PASSWORD_FILE='$(P12_PASSWORD_FILE)' \
		pkg/sign.sh programs build/munkipkg '$(BUNDLE_ID)'
endif

# The root job, for both kinds of Mac. With cgo it speaks to the unified log
# itself. It waits nearly all the time, so it is built for size: calls are not
# inlined, and functions begin at every fourth byte, the length of an instruction on arm64.
rootjob:
	@$(xgo) ready universal || $(xgo) setup darwin
	@mkdir -p build/universal
	@$(pkg_env) $(xgo) universal build -trimpath -gcflags=all=-l -ldflags='$(pkg_ldflags) -funcalign=4' \
		-o build/universal/install-or-defer ./cmd/install-or-defer
	@go run ./internal/toolchain/adhoc/sign -id '$(BUNDLE_ID)' build/universal/install-or-defer

# The program that installs newer versions. Its keys are in it, so that a setting
# can switch it on and cannot make it trust anybody else.
selfupdate:
	@$(xgo) ready universal || $(xgo) setup darwin
	@mkdir -p build/universal
	@$(pkg_env) $(xgo) universal build -trimpath -ldflags='$(pkg_ldflags) -X installordefer/internal/product.ReleaseKeys=$(SELF_UPDATE_KEY)' \
		-o build/universal/install-or-defer-self-update ./cmd/install-or-defer-self-update
	@go run ./internal/toolchain/adhoc/sign -id '$(BUNDLE_ID).self-update' build/universal/install-or-defer-self-update

sign: ## sign the programs with IDENTITY (a Mac) or P12 (rcodesign)
ifeq ($(IDENTITY)$(P12),)
	@echo 'make sign needs IDENTITY="Developer ID Application: NAME (TEAM)" on a Mac, or P12=FILE with rcodesign' >&2; exit 2
else
	@$(MAKE) --no-print-directory munkipkg
endif

release: ## write the note, SHA-256, bill of materials and patch definition of PACKAGE, with RELEASE_KEY
	@test -n '$(RELEASE_KEY)' || { echo 'make release needs RELEASE_KEY=FILE, the private key of your organization; docs/release.md' >&2; exit 2; }
	@$(pkg_build) release --key '$(RELEASE_KEY)' --title '$(NAME)' --publisher '$(PUBLISHER)' '$(PACKAGE)'

sign-pkg: ## sign the product archive with INSTALLER_IDENTITY or INSTALLER_P12
	@IDENTITY='$(INSTALLER_IDENTITY)' P12='$(INSTALLER_P12)' P12_PASSWORD_FILE='$(P12_PASSWORD_FILE)' \
		pkg/sign.sh package '$(pkg_file)-product.pkg' '$(pkg_file)-signed.pkg'
