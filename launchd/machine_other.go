//go:build !darwin

package launchd

import "errors"

func runningKernel() (Kernel, error) {
	return Kernel{}, errors.New("this is not a Mac: name the folder of a simulated one as root")
}
