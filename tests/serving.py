"""`largesse serve` as a process of its own, for tests that kill it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.asking import TRUSTS_NOBODY

LARGESSE = Path(sys.executable).with_name("largesse")
PASSWORD = "a-demo-password"


class Serve:
    """One data folder and port, and the server started on them."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "LARGESSE_DATA_DIR": str(folder),
            "LARGESSE_PORT": str(self.port),
            "LARGESSE_DEMO_PASSWORD": PASSWORD,
        }
        self.process: subprocess.Popen[str] | None = None

    def start(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [str(LARGESSE), "serve", *options],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        deadline = time.monotonic() + 90
        while not self.ready():
            assert self.process.poll() is None, self.process.communicate()[0]
            if time.monotonic() > deadline:
                raise AssertionError(f"it does not start: {self.end(signal.SIGTERM)}")
            time.sleep(0.1)

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5, verify=TRUSTS_NOBODY).is_success
        except httpx.TransportError:
            return False

    def processes(self) -> list[int]:
        """The ids of the processes that serve, when there are several, in the order of their start."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split() if b"spawn_main" in _command(child)]

    def process_of(self, client_port: int) -> int:
        """Which of them holds the connection that came from a port of this machine."""
        wanted = f":{self.port:04X} 0100007F:{client_port:04X} "
        lines = Path("/proc/net/tcp").read_text().splitlines()
        inode = next(line.split()[9] for line in lines if wanted in line)
        return next(pid for pid in self.processes() if inode in _socket_inodes(pid))

    def end(self, with_signal: signal.Signals) -> tuple[int, str]:
        """Send the signal; the exit code and everything that was printed."""
        assert self.process is not None
        self.process.send_signal(with_signal)
        output, _ = self.process.communicate(timeout=30)
        code = self.process.returncode
        self.process = None
        return code, output

    def tool(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(LARGESSE), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


def _command(pid: str) -> bytes:
    """Empty when the process has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _socket_inodes(pid: int) -> set[str]:
    """The sockets a process has open."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            name = os.readlink(descriptor)
            if name.startswith("socket:["):
                inodes.add(name[len("socket:[") : -1])
    return inodes
