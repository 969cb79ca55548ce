"""The demonstration's video looks like a broadcast, round after round."""

import re

import httpx

from largesse.demo.video import PART_S, PARTS, WINDOW_PARTS, playlist

START_S = 1_790_000_001


def _read(at_s: float) -> list[tuple[int, int, str]]:
    """Each part named: its number, its discontinuity number, its file."""
    text = playlist(START_S, at_s)
    number = int(re.findall(r"MEDIA-SEQUENCE:(\d+)", text)[0])
    rounds = int(re.findall(r"DISCONTINUITY-SEQUENCE:(\d+)", text)[0])
    found = []
    for line in text.splitlines():
        rounds += line == "#EXT-X-DISCONTINUITY"
        if line.endswith(".m4s"):
            found.append((number, rounds, line))
            number += 1
    return found


def test_a_part_keeps_its_number_and_its_round_for_as_long_as_it_is_listed() -> None:
    seen: dict[int, tuple[int, str]] = {}
    for step in range(WINDOW_PARTS * PART_S):
        listed = _read(START_S + step)
        assert len(listed) == WINDOW_PARTS
        for number, round_, name in listed:
            assert name == f"part{number % PARTS}.m4s"
            assert seen.setdefault(number, (round_, name)) == (round_, name)
    numbers = sorted(seen)
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    for number in numbers[1:]:
        grows = seen[number][0] - seen[number - 1][0]
        assert grows == (1 if number % PARTS == 0 else 0)


async def test_the_files_are_served_and_no_other(client: httpx.AsyncClient) -> None:
    listed = await client.get("/demo/stage/live.m3u8")
    assert listed.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    assert listed.headers["cache-control"] == "no-cache"
    total = 0
    for name in ("init.mp4", *(f"part{number}.m4s" for number in range(PARTS))):
        part = await client.get(f"/demo/stage/{name}")
        assert (part.status_code, part.headers["content-type"]) == (200, "video/mp4")
        total += len(part.content)
    assert 300_000 < total < 1_500_000
    for name in ("part9.m4s", "..%2fdemo.json", "demo.json"):
        assert (await client.get(f"/demo/stage/{name}")).status_code == 404


async def test_one_demo_room_has_it(client: httpx.AsyncClient) -> None:
    streams = (await client.get("/v1/streams")).json()["items"]
    shown = [stream["playback"] for stream in streams if stream["playback"]]
    assert len(shown) == 1
    listed = await client.get(shown[0]["hls_url"])
    assert listed.status_code == 200
    # Counting from the stream's own start: players step through the numbers one by one.
    assert int(re.findall(r"MEDIA-SEQUENCE:(\d+)", listed.text)[0]) < 10_000


async def test_junk_has_no_playlist(client: httpx.AsyncClient) -> None:
    for start in ("x", "-1", "9" * 20):
        assert (await client.get(f"/demo/stage/live.m3u8?start={start}")).status_code == 422
    assert (await client.get(f"/demo/stage/live.m3u8?start={2**40}")).status_code == 200
