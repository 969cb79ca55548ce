"""Hosts that pictures of streams may come from: as an operator writes them, as addresses and the pages' policy need."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult

_HOST = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<any>\*\.)?(?P<host>[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?)(?::(?P<port>\d{1,5}))?"
)
_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_PORTS = {"https": 443, "http": 80}
_PORT_MAX = 65535


@dataclass(frozen=True, slots=True)
class MediaHost:
    """One host, or with `any_below` every host below it."""

    scheme: str
    host: str
    port: int
    any_below: bool

    @classmethod
    def parse(cls, text: str) -> "MediaHost":
        """`media.example.org`, `*.example.org:8443`, or for one's own machine `http://localhost:8888`; ValueError."""
        found = _HOST.fullmatch(text.strip().lower())
        if found is None:
            raise ValueError("a host looks like media.example.org, *.example.org or host:port")
        scheme, host = found["scheme"] or "https", found["host"]
        if scheme == "http" and host not in _LOOPBACK:
            raise ValueError("http is for localhost and 127.0.0.1 only: elsewhere media need https")
        port = int(found["port"] or _PORTS[scheme])
        if not 1 <= port <= _PORT_MAX:
            raise ValueError("a port is a number from 1 to 65535")
        return cls(scheme, host, port, found["any"] is not None)

    @property
    def policy_source(self) -> str:
        """As Content-Security-Policy names it."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{'*.' if self.any_below else ''}{self.host}{port}"

    def holds(self, address: SplitResult) -> bool:
        """Whether an address, with a scheme and a host, is on it."""
        if address.scheme != self.scheme or (address.port or _PORTS[address.scheme]) != self.port:
            return False
        host = address.hostname or ""
        return host.endswith(f".{self.host}") if self.any_below else host == self.host
