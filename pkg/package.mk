# The packages. The main Makefile includes this file.
#
#   make pkg        build/install-or-defer-VERSION.pkg: for Jamf Pro policies, Munki and installer(8)
#   make product    build/install-or-defer-VERSION-product.pkg: for an MDM's own install command, once it is signed
#   make munkipkg   build/munkipkg: the same as a project for munkipkg
#   make sign       build/munkipkg with signed programs, IDENTITY="Developer ID Application: …"
#   make sign-pkg   signs what make product made, INSTALLER_IDENTITY="Developer ID Installer: …"
#
# With IDENTITY set, make pkg and make product sign the programs, too.
#
#   VERSION BUNDLE_ID NAME     what the package is; BUNDLE_ID changes every place at once
#   SOURCE_DATE_EPOCH          the time of everything in the package: the last commit's
#   IDENTITY P12 P12_PASSWORD_FILE TEAM_ID       the certificate for programs
#   INSTALLER_IDENTITY INSTALLER_P12             the certificate for packages
#
# They need "make app" for the helper's application, which sets up the cross
# toolchain on Linux by itself.

VERSION ?= 0.0.0
BUNDLE_ID ?= com.github.install-or-defer
NAME ?= Install or Defer
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1767225600)
# Where make app leaves the application.
APP ?= build/Install or Defer.app
# The team that signed, in brackets at the end of IDENTITY. A root job that
# knows it starts no helper of anybody else.
TEAM_ID ?= $(if $(IDENTITY),$(patsubst %),%,$(lastword $(subst (, ,$(IDENTITY)))))
INSTALLER_IDENTITY ?= $(subst Developer ID Application,Developer ID Installer,$(IDENTITY))

pkg_build = SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) go run ./pkg/build
pkg_file = build/install-or-defer-$(VERSION)
# Nothing of the machine may reach the programs: no version control stamp, no
# processor settings of the person who builds.
pkg_go = CGO_ENABLED=0 GOOS=darwin GOAMD64=v1 GOARM64=v8.0 GOFLAGS=-buildvcs=false
pkg_ldflags = -s -w -X main.version=$(VERSION) -X main.bundleID=$(BUNDLE_ID) -X main.teamID=$(TEAM_ID)

.PHONY: pkg product munkipkg sign sign-pkg rootjob

pkg: munkipkg
	@$(pkg_build) pkg --project build/munkipkg --out '$(pkg_file).pkg'
	@$(pkg_build) scripts --out build --id '$(BUNDLE_ID)'

product: munkipkg
	@$(pkg_build) product --project build/munkipkg --out '$(pkg_file)-product.pkg'

munkipkg: rootjob app
	@$(pkg_build) stage --out build/munkipkg --id '$(BUNDLE_ID)' --version '$(VERSION)' --title '$(NAME)' \
		--program build/universal/install-or-defer --app '$(APP)'
ifneq ($(IDENTITY)$(P12),)
	@IDENTITY='$(IDENTITY)' P12='$(P12)' P12_PASSWORD_FILE='$(P12_PASSWORD_FILE)' \
		pkg/sign.sh programs build/munkipkg '$(BUNDLE_ID)'
endif

rootjob:
	@for arch in arm64 amd64; do \
		$(pkg_go) GOARCH=$$arch go build -trimpath -ldflags '$(pkg_ldflags)' \
			-o build/$$arch/install-or-defer ./cmd/install-or-defer || exit; \
	done
	@$(pkg_build) universal --out build/universal/install-or-defer \
		build/arm64/install-or-defer build/amd64/install-or-defer

sign:
ifeq ($(IDENTITY)$(P12),)
	@echo 'make sign needs IDENTITY="Developer ID Application: NAME (TEAM)" on a Mac, or P12=FILE with rcodesign' >&2; exit 2
else
	@$(MAKE) --no-print-directory munkipkg
endif

sign-pkg:
	@IDENTITY='$(INSTALLER_IDENTITY)' P12='$(INSTALLER_P12)' P12_PASSWORD_FILE='$(P12_PASSWORD_FILE)' \
		pkg/sign.sh package '$(pkg_file)-product.pkg' '$(pkg_file)-signed.pkg'
