package forecast

import (
	"testing"
)

// BenchmarkRun is one Mac of an office over two weeks; ten thousand of them are to
// take two minutes on two processors.
func BenchmarkRun(b *testing.B) {
	mix, err := Office()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	if _, err := Run(Order{Mix: mix, Policies: []Policy{{Name: "defaults"}}, Identifier: "com.example", Macs: b.N, Days: 14, Seed: 1}); err != nil {
		b.Fatal(err)
	}
}
