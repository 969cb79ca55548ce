"""Starts a fake provider as its own process, and steers it."""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

_CALL_TIMEOUT_S = 10.0
_NOTHING_TRUSTED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Reading the machine's certificates, which no fake has, would take longer than a call."""


@dataclass(frozen=True, slots=True)
class Fake:
    """A running fake."""

    url: str
    """Its API, without a trailing slash."""

    def control(self, path: str, **wish: Any) -> Any:
        """Have it do something that a buyer, a bank or bad luck would; answers what it says."""
        with httpx.Client(verify=_NOTHING_TRUSTED, trust_env=False) as http:
            url = f"{self.url}/_control/{path}"
            answer = http.post(url, json=wish, timeout=_CALL_TIMEOUT_S)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def start_fake(module: str, *arguments: str) -> Iterator[Fake]:
    """Run `python -m module --port 0`, which prints `{"port": 12345}` once it listens on 127.0.0.1."""
    command = [sys.executable, "-m", module, "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, f"{module} did not start"
            yield Fake(f"http://127.0.0.1:{json.loads(line)['port']}")
        finally:
            process.terminate()
