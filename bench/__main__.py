"""Runs every benchmark, one after the other, and writes bench/results.json."""

from bench.suite import run_all

if __name__ == "__main__":  # processes that a benchmark starts import this file again
    run_all()
