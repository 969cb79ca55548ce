"""Runs every benchmark, one after the other, and writes bench/results.json."""

from bench.suite import run_all

run_all()
