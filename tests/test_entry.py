"""How a process starts: it imports what every command needs, and walks none of it."""

import json
import os
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


_SERVING = """
import sys
from largesse.main import create_app
from largesse.settings import read_settings
create_app(read_settings(), url="")
print()
print("stripe" in sys.modules, "appstoreserverlibrary" in sys.modules)
"""


def test_a_provider_that_is_on_is_imported_before_anybody_pays() -> None:
    stripe = {
        "LARGESSE_STRIPE_SECRET_KEY": "sk_test_none",
        "LARGESSE_STRIPE_WEBHOOK_SECRET": "whsec_none",
    }
    done = subprocess.run(
        [sys.executable, "-c", _SERVING],
        capture_output=True, text=True, check=True, timeout=60, env=os.environ | stripe,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "True False"
