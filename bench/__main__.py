"""Runs every benchmark, or those that are named, one after the other, and writes bench/results.json."""

import sys

from bench.suite import run_all

if __name__ == "__main__":  # processes that a benchmark starts import this file again
    run_all(sys.argv[1:])
