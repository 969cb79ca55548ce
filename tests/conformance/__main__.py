"""`python -m tests.conformance` prints docs/CONFORMANCE.md as it should be; with `--write` it renews the file."""

import argparse

from tests.conformance.record import DOCUMENT, document


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        DOCUMENT.write_text(document(), "utf-8")
    else:
        print(document(), end="")


main()
