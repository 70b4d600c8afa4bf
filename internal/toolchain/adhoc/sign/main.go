// Command sign gives a program an ad-hoc signature, in place.
package main

import (
	"flag"
	"fmt"
	"os"

	"installordefer/internal/toolchain/adhoc"
)

func main() {
	id := flag.String("id", "", "the identifier that the program is known by")
	flag.Parse()
	if *id == "" || flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: sign -id IDENTIFIER PROGRAM")
		os.Exit(2)
	}
	if err := sign(flag.Arg(0), *id); err != nil {
		fmt.Fprintf(os.Stderr, "sign: %s: %v\n", flag.Arg(0), err)
		os.Exit(1)
	}
}

func sign(file, id string) error {
	program, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	signed, err := adhoc.Sign(program, adhoc.Identity{ID: id})
	if err != nil {
		return err
	}
	return os.WriteFile(file, signed, 0o755)
}
