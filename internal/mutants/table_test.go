package mutants

import "slices"

// mutants is the whole table.
var mutants = slices.Concat(deferralMutants, agentMutants, peopleMutants, roomMutants)
