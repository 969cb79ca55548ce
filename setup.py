"""Puts the migrations and the built web pages into a wheel; all else is in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
# Folder of the checkout: its name inside the installed package.
INCLUDED = {"migrations": "migrations", "web/build": "web_build"}


class BuildWithPages(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for source, target in INCLUDED.items():
            inside = Path(self.build_lib, "largesse", target)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / source, inside, ignore=ignored, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithPages})
