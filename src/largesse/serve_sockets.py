"""The sockets several processes listen on.

Each process has its own on the same address (SO_REUSEPORT): Linux deals out new connections by their addresses, so a
busy process gets as many as an idle one. Over one shared socket whoever is awake first takes all that wait. The parent
keeps each socket open: when its process dies, connections wait for the next one and are not reset.
"""

import contextlib
import socket
from collections.abc import Iterator

from largesse.errors import AppError


class AddressInUse(AppError):
    """Another server listens there."""

    code = "address_in_use"


@contextlib.contextmanager
def bound_sockets(host: str, port: int, processes: int) -> Iterator[list[list[socket.socket]]]:
    """For each process its sockets, one for each address `host` stands for; not listening yet. Port 0: any free one."""
    with contextlib.ExitStack() as stack:
        bound: list[list[socket.socket]] = [[] for _ in range(processes)]
        for family, address in _addresses(host):
            _assert_free(family, address, port)
            for sockets in bound:
                made = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
                _prepare(made, family)
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                made.bind((address, port))
                port = made.getsockname()[1]
                sockets.append(made)
        yield bound


def _addresses(host: str) -> list[tuple[socket.AddressFamily, str]]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((entry[0], str(entry[4][0])) for entry in found))


def _assert_free(family: socket.AddressFamily, address: str, port: int) -> None:
    """With SO_REUSEPORT alone, a second server on the port would quietly take half of the first one's connections."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        _prepare(probe, family)
        try:
            probe.bind((address, port))
        except OSError as error:
            reason = (error.strerror or "").lower()
            raise AddressInUse(f"Cannot listen on {address} port {port}: {reason}.") from None


def _prepare(made: socket.socket, family: socket.AddressFamily) -> None:
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
