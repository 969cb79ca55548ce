"""What a client of PostgreSQL runs, read from its messages."""

import re
from enum import StrEnum

_GIFTS = re.compile(rb"(INSERT INTO|COPY) gift\b")
_PREPARE = re.compile(rb"\s*PREPARE (\w+)")


class Step(StrEnum):
    """What a message of the client makes PostgreSQL do, as far as it matters here."""

    GIFTS = "gifts are written"
    COMMIT = "a transaction that wrote gifts is committed"
    OTHER = "anything else"


class Statements:
    """What one client runs: the texts behind the names of its statements and portals."""

    def __init__(self) -> None:
        self._texts: dict[bytes, bytes] = {}
        self._portals: dict[bytes, bytes] = {}
        self._wrote_gifts = False

    def step(self, kind: bytes, body: bytes) -> Step:
        if kind == b"P":  # Parse: statement, text, types
            name, text, _ = body.split(b"\0", 2)
            self._texts[name] = text
        elif kind == b"B":  # Bind: portal, statement, values
            portal, name, _ = body.split(b"\0", 2)
            self._portals[portal] = self._texts.get(name, b"")
        elif kind == b"E":  # Execute: portal, row limit
            return self._runs(self._portals.get(body.split(b"\0", 1)[0], b""))
        elif kind == b"Q":  # a simple query
            return self._runs(body.rstrip(b"\0"))
        return Step.OTHER

    def _runs(self, text: bytes) -> Step:
        word = text.lstrip()[:8].upper()
        if prepared := _PREPARE.match(text):  # by SQL, for messages of the protocol
            self._texts[prepared[1]] = text[prepared.end() :]
            return Step.OTHER
        if _GIFTS.search(text):
            self._wrote_gifts = True
            return Step.GIFTS
        if word.startswith((b"BEGIN", b"ROLLBACK")):
            self._wrote_gifts = False
        if word.startswith((b"COMMIT", b"END")) and self._wrote_gifts:
            self._wrote_gifts = False
            return Step.COMMIT
        return Step.OTHER
