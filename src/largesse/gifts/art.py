"""The drawings of the gifts, as shipped."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from largesse.errors import NotFound


class ArtNotFound(NotFound):
    """There is no drawing of this name."""

    code = "art_not_found"


@dataclass(frozen=True, slots=True)
class Art:
    """A drawing and the tag that changes when it does."""

    svg: bytes
    etag: str


def art(slug: str) -> Art:
    """The drawing of a gift, from those that are shipped: no path is made of the name."""
    if (drawing := _drawings().get(slug)) is None:
        raise ArtNotFound
    return drawing


@cache
def _drawings() -> dict[str, Art]:
    """All of them: some hundred kilobytes, read at the first request."""
    found: dict[str, Art] = {}
    for entry in (files("largesse.gifts") / "data" / "art").iterdir():
        if entry.name.endswith(".svg"):
            svg = entry.read_bytes()
            etag = f'"{hashlib.sha256(svg).hexdigest()[:32]}"'
            found[entry.name.removesuffix(".svg")] = Art(svg=svg, etag=etag)
    return found
