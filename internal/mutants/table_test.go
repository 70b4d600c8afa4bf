package mutants

import "slices"

// mutants is the whole table.
var mutants = slices.Concat(deferralMutants, deadlineMutants, wakeMutants, peopleMutants, windowMutants, reportMutants, selfUpdateMutants, roomMutants)
