"""Writes the web client's types from the server's OpenAPI; `--check` only compares."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
WEB = ROOT / "web"
TYPES = WEB / "src" / "lib" / "api" / "schema.d.ts"
GENERATOR = WEB / "node_modules" / "openapi-typescript" / "bin" / "cli.js"


def generate() -> str:
    """The types as they should be now."""
    api = subprocess.run(
        [BIN / "largesse", "openapi"], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "openapi.json"), Path(folder, "schema.d.ts")
        source.write_bytes(api.stdout)
        command: list[str | Path] = [
            BIN / "node",
            GENERATOR,
            source,
            "--output",
            target,
            "--alphabetize",
        ]
        subprocess.run(command, cwd=WEB, check=True, stdout=subprocess.DEVNULL)
        return target.read_text()


def main() -> int:
    wanted = generate()
    if TYPES.exists() and TYPES.read_text() == wanted:
        print("The web types are up to date.")
        return 0
    if "--check" in sys.argv[1:]:
        print(f"{TYPES.relative_to(ROOT)} does not match the server's API: run `make types`.")
        return 1
    TYPES.parent.mkdir(parents=True, exist_ok=True)
    TYPES.write_text(wanted)
    print(f"Wrote {TYPES.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
