# The helper with its windows: the application for Macs, its pictures, and the
# toolchain that makes both on Linux. The main Makefile includes this file and
# says what VERSION, BUNDLE_ID and NAME are. docs/toolchain.md tells more.

# Where the application goes; its folder keeps this name whatever NAME is.
APP ?= build/Install or Defer.app

# The flags are part of the key of Go's build cache: with others, AppKit's
# wrappers are compiled again, which takes a minute and a half for each kind of
# processor.
xgo = go run ./internal/toolchain/xgo
xgo_flags = -trimpath -ldflags='-s -w'

.PHONY: app pictures window helper-mac

app: helper-mac ## build the helper's application, universal
	@go run ./internal/toolchain/mkapp -program build/universal/install-or-defer-prompt -notice NOTICE \
		-id '$(BUNDLE_ID)' -name '$(NAME)' -version '$(VERSION)' -out '$(APP)'
	@echo 'built $(APP)'

helper-mac:
	@$(xgo) ready universal || $(xgo) setup darwin
	@mkdir -p build/universal
	@$(pkg_env) $(xgo) universal build $(xgo_flags) -o build/universal/install-or-defer-prompt ./cmd/install-or-defer-prompt

# The helper with windows for this machine: on Linux, over GNUstep.
window:
	@$(xgo) ready here || $(xgo) setup gnustep
	@mkdir -p build/window
	@$(xgo) here build -o build/window/install-or-defer-prompt ./cmd/install-or-defer-prompt

pictures: ## draw the dialogs into docs/images, and every state of each into build/pictures/index.html (Linux)
	@$(xgo) ready gnustep || $(xgo) setup gnustep
	@mkdir -p docs/images build/pictures
	@INSTALL_OR_DEFER_PICTURES='$(CURDIR)/docs/images' INSTALL_OR_DEFER_GALLERY='$(CURDIR)/build/pictures' \
		go test -count=1 -timeout 30m -run '^(TestPreviewDrawsEveryDialog|TestGallery)$$' ./cmd/install-or-defer-admin
	@echo 'built build/pictures/index.html'

