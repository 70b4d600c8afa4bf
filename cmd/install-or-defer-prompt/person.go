package main

import (
	"os"
	"strings"

	"installordefer/prompt/words"
)

// environment returns whom the environment says the process runs as.
func environment() words.Person {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			// LANGUAGE is a list for messages, and counts where there is a locale.
			list := strings.FieldsFunc(os.Getenv("LANGUAGE"), func(r rune) bool { return r == ':' })
			return words.Person{Languages: append(list, value)}
		}
	}
	return words.Person{}
}
