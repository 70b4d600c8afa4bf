package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"installordefer/deferral/settings"
	"installordefer/internal/cli"
	"installordefer/internal/product"
	"installordefer/internal/simmac/scenario"
	"installordefer/pkg/profile"
)

const profileUsage = `Write a configuration profile, or a manifest for the editor of an MDM server.

Usage:
  install-or-defer-admin profile [flags]

The settings come from --settings and from --set, which wins. Values are
checked as "install-or-defer-admin lint" does, and written with the right types.
Where seconds are wanted, --set also takes 3d, 4h or 1d12h, and for a list of
them several with commas. A
profile with the same settings and names is always the same, byte for byte, so
that installing it again replaces it.

Flags:
%s
--as says what is written:
  mobileconfig  a profile with the settings, for the whole Mac
  plist         the settings alone
  login-items   a profile that keeps the job from being switched off in System
                Settings, Login Items. Only an MDM can install it, so it is
                separate from the settings
  jamf-schema   the custom schema for Jamf Pro
  manifest      a preference manifest for ProfileCreator and other editors
  sample        a property list with every setting, an example and a comment

--sign-with names a program that is started without arguments, gets the
profile on its standard input, and writes the signed profile to its standard
output. What it writes is read back: it must hold the same profile, and the
signature must be right. A script for a Mac has one line:
  exec /usr/bin/security cms -S -N "Name of the certificate"

Exit codes:
  0  written
  1  the settings have problems, or the profile could not be written
  2  the command line is wrong

Examples:
  install-or-defer-admin profile --set MaxDeferralTime=86400 --set SupportContact="the help desk" -o updates.mobileconfig
  install-or-defer-admin profile --set IgnoreUpdates="*Xcode*" --set IgnoreUpdates="Safari*" --variant developers
  install-or-defer-admin profile --managed-login-items login-items.mobileconfig -o updates.mobileconfig
`

// profileOptions is the command line of "install-or-defer-admin profile".
type profileOptions struct {
	settings, output, as       string
	set                        []string
	variant, title, org, about string
	loginItems, signWith       string
	anyway                     bool
}

// profileCommand is "install-or-defer-admin profile".
func profileCommand() cli.Command {
	return cli.Command{
		Name: "profile", What: "write a configuration profile from settings",
		Usage: profileUsage, Define: func(flags *cli.Flags) cli.Action {
			o := profileFlags(flags)
			return func(c cli.Call) (int, error) {
				if err := o.check(); err != nil {
					return cli.ExitUsage, cli.Misusef("%w", err)
				}
				if err := o.run(c.Stdin, c.Stdout, c.Stderr); err != nil {
					return cli.ExitFailed, err
				}
				return cli.ExitOK, nil
			}
		},
	}
}

func profileFlags(flags *cli.Flags) *profileOptions {
	var o profileOptions
	flags.StringArrayVarP(&o.set, "set", "s", nil, "a setting as `KEY=VALUE`; again for further settings, or for the next entry of a list")
	flags.StringVar(&o.settings, "settings", "", "a `FILE` with settings: a property list or JSON, \"-\" for the standard input")
	flags.StringVarP(&o.output, "output", "o", "-", "the `FILE` to write, \"-\" for the standard output")
	flags.StringVar(&o.as, "as", "mobileconfig", "what to write, see below")
	flags.StringVar(&o.variant, "variant", "", "a `WORD` that tells several profiles of one fleet apart")
	flags.StringVar(&o.title, "title", "", "the name of the profile that people see")
	flags.StringVar(&o.org, "organization", "", "the name of your organization")
	flags.StringVar(&o.about, "description", "", "what the profile is for")
	flags.StringVar(&o.loginItems, "managed-login-items", "", "also write the login-items profile, to this `FILE`")
	flags.StringVar(&o.signWith, "sign-with", "", "a `PROGRAM` that signs, see below")
	flags.BoolVar(&o.anyway, "anyway", false, "write settings that have problems, too, if the root job can use them")
	return &o
}

func (o profileOptions) check() error {
	for _, r := range o.variant {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", r) {
			return fmt.Errorf("--variant is part of an identifier and cannot have %q: use letters, digits and hyphens", r)
		}
	}
	kinds := []string{"mobileconfig", "plist", "login-items", "jamf-schema", "manifest", "sample"}
	if !slices.Contains(kinds, o.as) {
		return fmt.Errorf("--as is %s, but must be one of %s", o.as, strings.Join(kinds, ", "))
	}
	if o.signWith != "" && o.as != "mobileconfig" && o.as != "login-items" {
		return fmt.Errorf("--sign-with signs profiles, and --as %s is not one", o.as)
	}
	return nil
}

func (o profileOptions) run(stdin io.Reader, stdout, stderr io.Writer) error {
	settings, err := o.gather(stdin)
	if err != nil {
		return err
	}
	p := profile.Profile{
		Identity: profile.Identity{ID: product.BundleID, TeamID: product.TeamID},
		Settings: settings, Variant: o.variant, Title: o.title, Organization: o.org, Description: o.about,
	}
	if err := o.lint(p, stderr); err != nil {
		return err
	}
	data, err := o.encode(p)
	if err != nil {
		return err
	}
	if err := o.write(o.output, data, stdout); err != nil {
		return err
	}
	if o.loginItems == "" {
		return nil
	}
	items, err := o.sign(p.LoginItems())
	if err != nil {
		return err
	}
	return o.write(o.loginItems, items, stdout)
}

// gather reads the settings, each in its canonical form.
func (o profileOptions) gather(stdin io.Reader) (map[string]any, error) {
	values := map[string]any{}
	if o.settings != "" {
		read, err := readSettingsFile(o.settings, stdin)
		if err != nil {
			return nil, err
		}
		values = read
	}
	given, err := parseSets(o.set)
	if err != nil {
		return nil, err
	}
	maps.Copy(values, given)
	for name, v := range values {
		k, ok := settings.KeyNamed(name)
		if !ok {
			return nil, settings.UnknownKey(name)
		}
		canonical, err := k.Canonical(v)
		if err != nil {
			return nil, fmt.Errorf("%w. %s", err, k.Wanted())
		}
		values[name] = canonical
	}
	return values, nil
}

// readSettingsFile reads settings from a file; keys of a profile or of the
// state that stand beside them are no settings.
func readSettingsFile(name string, stdin io.Reader) (map[string]any, error) {
	data, err := cli.ReadInput(name, stdin, profile.MaxFile)
	if err != nil {
		return nil, err
	}
	values, err := profile.Settings(product.BundleID, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return values, nil
}

// parseSets reads KEY=VALUE. A list gathers its entries over several.
func parseSets(sets []string) (map[string]any, error) {
	values := map[string]any{}
	for _, s := range sets {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, fmt.Errorf("--set %q is not of the form KEY=VALUE", s)
		}
		k, known := settings.KeyNamed(name)
		if !known {
			return nil, settings.UnknownKey(name)
		}
		switch k.Kind {
		case settings.Patterns:
			list, _ := values[name].([]any)
			values[name] = append(list, value)
		case settings.Choices:
			list, _ := values[name].([]any)
			for one := range strings.SplitSeq(value, ",") {
				list = append(list, seconds(one))
			}
			values[name] = list
		case settings.Times:
			list, _ := values[name].([]any)
			for one := range strings.SplitSeq(value, ",") {
				list = append(list, strings.TrimSpace(one))
			}
			values[name] = list
		case settings.Seconds:
			values[name] = seconds(value)
		default:
			values[name] = value
		}
	}
	return values, nil
}

// seconds reads a time such as 3d, 4h or 1d12h as seconds. What is none is left
// as it is, and judged with the setting.
func seconds(text string) any {
	text = strings.TrimSpace(text)
	if _, err := strconv.Atoi(text); err == nil {
		return text
	}
	d, err := scenario.ParseDuration(text)
	if err != nil {
		return text
	}
	return int64(d / time.Second)
}

// lint reports what is wrong with the settings together.
func (o profileOptions) lint(p profile.Profile, stderr io.Writer) error {
	report, err := newLinter("").Lint(p.Mobileconfig())
	if err != nil {
		return err
	}
	for _, f := range report.Findings {
		f.Place = "settings"
		fmt.Fprintf(stderr, "%s\n", f)
	}
	if len(report.Findings) > 0 && !o.anyway {
		return errors.New("nothing is written because of these problems; --anyway writes it")
	}
	return nil
}

func (o profileOptions) encode(p profile.Profile) ([]byte, error) {
	switch o.as {
	case "plist":
		return p.Plist(), nil
	case "login-items":
		return o.sign(p.LoginItems())
	case "jamf-schema":
		return p.JamfSchema()
	case "manifest":
		return p.Manifest(), nil
	case "sample":
		return p.Sample(time.Now()), nil
	}
	return o.sign(p.Mobileconfig())
}

// signLimit bounds how long the signing program may take; it may have to ask
// for a password.
const signLimit = 5 * time.Minute

// sign has a profile signed, and makes sure that it is still the same.
func (o profileOptions) sign(data []byte) ([]byte, error) {
	if o.signWith == "" {
		return data, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), signLimit)
	defer cancel()
	c := exec.CommandContext(ctx, o.signWith)
	c.WaitDelay = time.Second
	c.Stdin = bytes.NewReader(data)
	var signed, complaint bytes.Buffer
	c.Stdout, c.Stderr = &signed, &complaint
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("sign with %s: %w: %s", o.signWith, err, strings.TrimSpace(complaint.String()))
	}
	switch inside, err := profile.OpenSigned(signed.Bytes()); {
	case err != nil:
		return nil, fmt.Errorf("what %s wrote is not a signed profile: %w", o.signWith, err)
	case !bytes.Equal(inside.Content, data):
		return nil, fmt.Errorf("what %s signed is not the profile it was given", o.signWith)
	case inside.Err != nil:
		return nil, fmt.Errorf("what %s wrote is wrong: %w", o.signWith, inside.Err)
	}
	return signed.Bytes(), nil
}

func (o profileOptions) write(name string, data []byte, stdout io.Writer) error {
	if name == "-" {
		_, err := stdout.Write(data)
		return err
	}
	return os.WriteFile(name, data, 0o644)
}
