"""The demonstration's own video: twelve seconds that go round, served as if they were broadcast now."""

from functools import cache
from importlib.resources import files

PART_S = 2
PARTS = 6
WINDOW_PARTS = 15
"""Parts that a playlist names: a player begins some seconds before its end, and may fall behind for a while."""
COUNT_S = 7 * 86_400
PLAYLIST_PATH = "/demo/stage/live.m3u8"
NAMES = frozenset({"init.mp4", *(f"part{number}.m4s" for number in range(PARTS))})


def address(start_s: float) -> str:
    """Where a broadcast that begins at this moment of the Unix clock is found."""
    return f"{PLAYLIST_PATH}?start={int(start_s)}"


def playlist(start_s: int, at_s: float) -> str:
    """The playlist of a broadcast at a moment: the same in every process, without anybody keeping count.

    Part n is played from `start_s` + n * PART_S on; a newcomer to the first minutes finds some from before. The time
    inside the parts starts again with each round, which is what a discontinuity says. After COUNT_S all counting
    starts again: players step through numbers one by one.
    """
    passed_s = max(0.0, at_s - start_s) % COUNT_S
    last = WINDOW_PARTS + int(passed_s // PART_S)
    first = last - WINDOW_PARTS + 1
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{PART_S}",
        f"#EXT-X-MEDIA-SEQUENCE:{first}",
        # Rounds that began before the first part, whose own beginning is in the list.
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{(first - 1) // PARTS}",
        '#EXT-X-MAP:URI="init.mp4"',
    ]
    for number in range(first, last + 1):
        if number % PARTS == 0:
            lines.append("#EXT-X-DISCONTINUITY")
        lines += [f"#EXTINF:{PART_S:.3f},", f"part{number % PARTS}.m4s"]
    return "\n".join(lines) + "\n"


@cache
def part(name: str) -> bytes | None:
    """One file of the video; none under any other name."""
    if name not in NAMES:
        return None
    return (files("largesse.demo") / "data" / "stage" / name).read_bytes()
