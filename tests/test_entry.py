"""How a process starts: it imports what every command needs, and walks none of it."""

import json
import subprocess
import sys

_SCRIPT = """
import gc, json, sys
from largesse import entry
resting = not gc.isenabled()
sys.argv = ["largesse", "--help"]
try:
    entry.main()
except SystemExit:
    pass
rare = ["alembic", "sqlalchemy", "stripe", "appstoreserverlibrary", "google.auth"]
print()
print(json.dumps([resting, gc.isenabled(), gc.get_freeze_count() > 100_000, [n for n in rare if n in sys.modules]]))
"""


def test_a_process_imports_little_and_the_collector_rests_meanwhile() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    resting, works_then, frozen, imported = json.loads(done.stdout.splitlines()[-1])
    assert (resting, works_then, frozen) == (True, True, True)
    assert imported == []
