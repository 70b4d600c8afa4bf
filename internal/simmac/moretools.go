package simmac

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"
)

// pkgutil tells about receipts and forgets them.
func pkgutil(p *Program, argv []string) int {
	p.wait(quick)
	id := last(argv)
	if len(argv) != 3 || argv[1] != "--forget" && argv[1] != "--pkg-info" {
		p.err("Usage: pkgutil [OPTIONS] [COMMANDS] ...\n")
		return 1
	}
	if id != p.m.facts.Job.Receipt || !p.m.job.receipt {
		p.err("No receipt for '" + id + "' found at '/'.\n")
		return 1
	}
	if argv[1] == "--forget" {
		p.m.job.receipt = false
		p.out("Forgot package '" + id + "' on '/'.\n")
		return 0
	}
	p.out("package-id: " + id + "\nversion: 1.0\nvolume: /\nlocation: \ninstall-time: 1790000000\n")
	return 0
}

// HasReceipt tells whether the installer's receipt of the job is there.
func (m *Mac) HasReceipt() bool { return m.job.receipt }

// logger writes to the system log.
func logger(p *Program, argv []string) int {
	text := string(p.Stdin)
	for i, a := range argv[1:] {
		if a == "-t" || a == "-p" || i > 0 && (argv[i] == "-t" || argv[i] == "-p") {
			continue
		}
		if !strings.HasPrefix(a, "-") {
			text = a
		}
	}
	for line := range strings.Lines(text) {
		p.m.note(Logged, strings.TrimRight(line, "\n"))
	}
	return 0
}

// logShow prints the log of the job.
func logShow(p *Program, argv []string) int {
	p.wait(quick)
	if len(argv) < 2 || argv[1] != "show" {
		p.err("usage:\n    log <command>\n")
		return 64
	}
	p.out("Timestamp               Ty Process[PID:TID]\n")
	for _, e := range p.m.Journal.Of(Logged) {
		p.out(e.Moment.Wall.In(p.m.zone).Format("2006-01-02 15:04:05.000") + " Df install-or-defer[" + fmt.Sprint(p.m.pids) + ":1] " + e.Text + "\n")
	}
	return 0
}

// uuid is the identifier of an account.
func (a *Account) uuid() string {
	h := fnv.New64a()
	h.Write([]byte(a.Name))
	n := h.Sum64()
	return fmt.Sprintf("%08X-%04X-4%03X-8%03X-%012X", uint32(n), uint16(n>>8), uint16(n>>20)&0xfff, uint16(n>>32)&0xfff, n>>16)
}

// dscl tells about accounts.
func dscl(p *Program, argv []string) int {
	p.wait(quick)
	if len(argv) < 4 || argv[2] != "-read" && argv[2] != "read" {
		p.err("dscl (v20.4)\nusage: dscl [options] [<datasource> [<command>]]\n")
		return 1
	}
	if argv[3] == "/Groups/admin" && slices.Equal(argv[4:], []string{"GroupMembership"}) {
		p.out(p.m.administrators())
		return 0
	}
	a := p.m.account(strings.TrimPrefix(argv[3], "/Users/"))
	if a == nil {
		p.err("<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n")
		return 56
	}
	for _, key := range argv[4:] {
		switch key {
		case "GeneratedUID":
			p.out("GeneratedUID: " + a.uuid() + "\n")
		case "UniqueID":
			p.out(fmt.Sprintf("UniqueID: %d\n", a.UID))
		case "NFSHomeDirectory":
			p.out("NFSHomeDirectory: /Users/" + a.Name + "\n")
		case "RealName":
			p.out("RealName:\n " + a.FullName + "\n")
		default:
			p.out("No such key: " + key + "\n")
		}
	}
	return 0
}

// administrators are the members of their group, as dscl prints them.
func (m *Mac) administrators() string {
	text := "GroupMembership: root"
	for _, a := range m.facts.Accounts {
		if !a.Standard && a.Name != "root" {
			text += " " + a.Name
		}
	}
	return text + "\n"
}

// diskutil tells who can unlock the startup disk.
func diskutil(p *Program, argv []string) int {
	p.wait(900 * time.Millisecond)
	args := strings.Join(argv[1:], " ")
	switch args {
	case "apfs listUsers / -plist", "apfs listUsers -plist /":
		p.out(p.m.volumeUsersPlist())
	case "apfs listUsers /", "apfs listCryptoUsers /":
		p.out(p.m.volumeUsersText())
	default:
		p.err("diskutil: did not recognize verb\n")
		return 1
	}
	return 0
}

const recoveryUser = "EBC6C064-0000-11AA-AA11-00306543ECAC"

func (m *Mac) volumeUsersText() string {
	lines := []string{}
	for _, a := range m.accounts {
		lines = append(lines, "+-- "+a.uuid(), "|   Type: Local Open Directory User")
		if m.facts.AppleSilicon {
			lines = append(lines, "|   Volume Owner: "+map[bool]string{true: "Yes", false: "No"}[a.Owner])
		}
		lines = append(lines, "|")
	}
	n := len(m.accounts) + 1
	head := fmt.Sprintf("Cryptographic user for disk3s1s1 (%d found)\n", n)
	if n > 1 {
		head = fmt.Sprintf("Cryptographic users for disk3s1s1 (%d found)\n", n)
	}
	lines = append(lines, "+-- "+recoveryUser, "    Type: Personal Recovery User")
	if m.facts.AppleSilicon {
		lines = append(lines, "    Volume Owner: Yes")
	}
	return head + "|\n" + strings.Join(lines, "\n") + "\n"
}

func (m *Mac) volumeUsersPlist() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Users</key>
	<array>
`)
	entry := func(kind, uuid string, owner bool) {
		b.WriteString("\t\t<dict>\n\t\t\t<key>APFSCryptoUserType</key>\n\t\t\t<string>" + kind +
			"</string>\n\t\t\t<key>APFSCryptoUserUUID</key>\n\t\t\t<string>" + uuid + "</string>\n")
		if m.facts.AppleSilicon {
			b.WriteString("\t\t\t<key>VolumeOwner</key>\n\t\t\t<" + map[bool]string{true: "true", false: "false"}[owner] + "/>\n")
		}
		b.WriteString("\t\t</dict>\n")
	}
	for _, a := range m.accounts {
		entry("LocalOpenDirectory", a.uuid(), a.Owner)
	}
	entry("PersonalRecovery", recoveryUser, true)
	b.WriteString("\t</array>\n</dict>\n</plist>\n")
	return b.String()
}

// profiles tells whether the MDM holds a bootstrap token of this Mac. Only root may
// ask.
func profiles(p *Program, argv []string) int {
	p.wait(quick)
	if strings.Join(argv[1:], " ") != "status -type bootstraptoken" {
		p.err("profiles: the type of the command is not known\n")
		return 1
	}
	if p.UID != 0 {
		p.err("profiles: this command requires root privileges\n")
		return 1
	}
	escrowed := "YES"
	if p.m.facts.Quirks.NoBootstrapToken {
		escrowed = "NO"
	}
	p.out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: " + escrowed + "\n")
	return 0
}

// codesign checks the helper's signature.
func codesign(p *Program, argv []string) int {
	p.wait(300 * time.Millisecond)
	switch {
	case p.m.HelperUnsigned:
		p.err(last(argv) + ": code object is not signed at all\nIn architecture: arm64\n")
		return 1
	case p.m.HelperForeign:
		p.err("test-requirement: code failed to satisfy specified code requirement(s)\n")
		return 3
	}
	return 0
}
