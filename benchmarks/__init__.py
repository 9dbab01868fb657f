"""Benchmarks: each prints figures, side by side with a peer or with the bare framework, in one run."""
