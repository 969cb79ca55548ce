"""A cluster of NATS servers on this machine: started on free ports, killed one by one, started again."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults.programs import free_port

NATS_SERVER = Path(sys.executable).with_name("nats-server")
_START_TIMEOUT_S = 20.0


class NatsServer:
    """One process; it keeps its port over its restarts."""

    def __init__(self, number: int, folder: Path, *options: str) -> None:
        self.name = f"nats-{number}"
        self.port, self.cluster_port = free_port(), free_port()
        self.address = f"nats://127.0.0.1:{self.port}"
        self.route = f"nats://127.0.0.1:{self.cluster_port}"
        self._log = folder / f"{self.name}.log"
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, routes: Sequence[str] = ()) -> None:
        """Alone, or as one of a cluster; returns when it takes connections."""
        command = [
            str(NATS_SERVER),
            *("--name", self.name, "--addr", "127.0.0.1", "--port", str(self.port)),
            *("--log", str(self._log)),
            *self._options,
        ]
        if routes:
            command += ["--cluster_name", "tests", "--cluster", self.route]
            command += ["--routes", ",".join(routes)]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._listens():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.02)

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _listens(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False


class Cluster:
    """Several servers that know each other."""

    def __init__(self, folder: Path, size: int = 3) -> None:
        self.servers = [NatsServer(number, folder) for number in range(1, size + 1)]

    @property
    def addresses(self) -> str:
        """As LARGESSE_BUS names them."""
        return ",".join(server.address for server in self.servers)

    def start(self) -> None:
        for server in self.servers:
            self.start_server(server)

    def start_server(self, server: NatsServer) -> None:
        server.start([each.route for each in self.servers])

    def stop(self) -> None:
        for server in self.servers:
            server.kill()


@contextlib.contextmanager
def nats_server(folder: Path, *options: str) -> Iterator[NatsServer]:
    """One that is alone, and runs."""
    server = NatsServer(1, folder, *options)
    server.start()
    try:
        yield server
    finally:
        server.kill()
