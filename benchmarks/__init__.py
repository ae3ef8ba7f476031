"""Speed is measured here, never asserted by a timed test. `make bench` writes docs/benchmarks.md."""
