"""Benchmarks against peers: `make bench`. Every figure is measured in the run that prints it."""
