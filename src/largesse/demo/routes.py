"""Serves the demonstration's video; in demo mode only."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from largesse.demo import video
from largesse.errors import NotFound
from largesse.types import now

router = APIRouter(prefix="/demo/stage", include_in_schema=False)

_PLAYLIST = "application/vnd.apple.mpegurl"
_VIDEO = "video/mp4"
_KEEP = {"Cache-Control": "public, max-age=86400"}


@router.get("/live.m3u8")
async def get_playlist(start: Annotated[int, Query(ge=0, le=2**40)] = 0) -> Response:
    """What is on now, in a broadcast that began at `start` (seconds of the Unix clock)."""
    text = video.playlist(start, now().timestamp())
    return Response(text, media_type=_PLAYLIST, headers={"Cache-Control": "no-cache"})


@router.get("/{name}")
async def get_part(name: str) -> Response:
    """Two seconds of it."""
    content = video.part(name)
    if content is None:
        raise NotFound
    return Response(content, media_type=_VIDEO, headers=_KEEP)
