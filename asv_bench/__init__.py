"""Benchmarks of zarrc: asv suites (``benchmarks``) and the comparison with other libraries (``peers``)."""
