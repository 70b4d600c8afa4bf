module installordefer

go 1.26.0

require (
	github.com/blacktop/go-macho v1.1.296
	github.com/creack/pty v1.1.24
	github.com/google/go-cmp v0.7.0
	github.com/progrium/darwinkit v0.5.0
	github.com/rogpeppe/go-internal v1.16.0
	github.com/smallstep/pkcs7 v0.2.3
	github.com/spf13/pflag v1.0.10
	golang.org/x/mod v0.42.0
	golang.org/x/sys v0.49.0
	golang.org/x/text v0.44.0
	howett.net/plist v1.0.1
	pgregory.net/rapid v1.3.0
)

require (
	github.com/blacktop/go-dwarf v1.1.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
)
