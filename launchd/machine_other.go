//go:build !darwin

package launchd

import "errors"

func (m Machine) fromKernel() (Machine, error) {
	return Machine{}, errors.New("this is not a Mac: name the folder of a simulated one as root")
}
