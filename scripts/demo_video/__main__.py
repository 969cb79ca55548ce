"""python -m scripts.demo_video [FFMPEG]: draws the pictures in a browser and cuts them into parts for HLS.

FFMPEG is a program with libx264; the package `imageio-ffmpeg` holds one.
"""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.demo_video.song import LOOP_S, notes, write_sound
from scripts.setup import BROWSERS

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "src" / "largesse" / "demo" / "data" / "stage"
FRAMES_PER_S = 24
PART_S = 2


def pictures() -> Iterator[bytes]:
    """Every picture of the loop, as JPEG."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    song = [[note.start_s, note.length_s, note.semitone, note.voice] for note in notes()]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        page = browser.new_page()
        page.goto((HERE / "scene.html").as_uri())
        page.evaluate("song => prepare(song)", {"loop_s": LOOP_S, "notes": song})
        for number in range(round(LOOP_S * FRAMES_PER_S)):
            address: str = page.evaluate("s => draw(s)", number / FRAMES_PER_S)
            yield base64.b64decode(address.partition(",")[2])
        browser.close()


def encode(ffmpeg: str, sound: Path, folder: Path) -> None:
    """H.264 of the plainest profile, which every browser plays, in parts that each begin with a whole picture."""
    parts = folder / "part%d.m4s"
    command = [
        *(ffmpeg, "-loglevel", "error", "-y"),
        *("-f", "image2pipe", "-framerate", str(FRAMES_PER_S), "-c:v", "mjpeg", "-i", "-"),
        *("-i", str(sound)),
        *("-c:v", "libx264", "-profile:v", "baseline", "-level", "3.1", "-pix_fmt", "yuv420p"),
        *("-preset", "veryslow", "-crf", "27", "-maxrate", "750k", "-bufsize", "1500k"),
        *("-g", str(FRAMES_PER_S * PART_S), "-keyint_min", str(FRAMES_PER_S * PART_S)),
        *("-sc_threshold", "0", "-c:a", "aac", "-b:a", "64k", "-ac", "1", "-map_metadata", "-1"),
        *("-f", "hls", "-hls_time", str(PART_S), "-hls_playlist_type", "vod"),
        *("-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init.mp4"),
        *("-hls_segment_filename", str(parts), str(folder / "all.m3u8")),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for picture in pictures():
            process.stdin.write(picture)
        process.stdin.close()
    if process.returncode:
        raise SystemExit(process.returncode)


def main() -> None:
    ffmpeg = sys.argv[1] if len(sys.argv) > 1 else "ffmpeg"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = folder / "sound.wav"
        write_sound(sound)
        encode(ffmpeg, sound, folder)
        print((folder / "all.m3u8").read_text())
        for path in sorted([*folder.glob("*.m4s"), folder / "init.mp4"]):
            shutil.copyfile(path, TARGET / path.name)
            print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
