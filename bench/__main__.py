"""Runs every benchmark, one after the other."""

from bench import gifts_core

for figure in (gifts_core,):
    figure.main()
