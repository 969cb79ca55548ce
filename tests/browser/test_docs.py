"""The examples in the documents do what they say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import DemoServer
from .people import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def _python_blocks(document: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", document.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if _python_blocks(d)], ids=lambda document: document.name
)
def test_python_examples_print_what_their_comments_say(document: Path, server: DemoServer) -> None:
    for block in _python_blocks(document):
        done = subprocess.run(
            [sys.executable, "-c", block],
            env={"BASE": server.url, "PASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        said = re.findall(r"^print\(.*\)  # (.*)$", block, re.MULTILINE)
        assert done.stdout.splitlines() == said


def test_links_between_documents_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"
