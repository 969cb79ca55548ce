"""Runs every benchmark, one after the other."""

from bench import core

for figure in (core,):
    figure.main()
