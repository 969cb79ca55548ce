"""Makes the sounds of the alert box, out of nothing but sums of sines: `python scripts/overlay_sounds.py`."""

from __future__ import annotations

import math
import random
import struct
import wave
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "web" / "static" / "sounds"
RATE_HZ = 22_050
PEAK = 0.85

Tone = Callable[[float], float]
"""Loudness of the air at a moment in seconds."""


def note(
    hz: float, start_s: float, fade_s: float, *, overtones: tuple[float, ...] = (1.0,)
) -> Tone:
    """A struck note: each overtone has its share, and the higher ones fade sooner."""

    def tone(at_s: float) -> float:
        since_s = at_s - start_s
        if since_s < 0:
            return 0.0
        attack = min(1.0, since_s / 0.004)
        return attack * sum(
            share
            * math.sin(2 * math.pi * hz * number * since_s)
            * math.exp(-since_s * number / fade_s)
            for number, share in enumerate(overtones, start=1)
        )

    return tone


def thump(start_s: float, hz: float) -> Tone:
    """A drum: a falling tone."""

    def tone(at_s: float) -> float:
        since_s = at_s - start_s
        if since_s < 0:
            return 0.0
        swept = hz * (since_s + 0.05 * (1 - math.exp(-since_s / 0.05)))
        return math.sin(2 * math.pi * swept) * math.exp(-since_s / 0.11)

    return tone


def hiss(start_s: float, fade_s: float, seed: int) -> Tone:
    """A rattle of the snare."""
    noise = random.Random(seed)  # noqa: S311 - the same file each time

    def tone(at_s: float) -> float:
        since_s = at_s - start_s
        return 0.0 if since_s < 0 else noise.uniform(-0.5, 0.5) * math.exp(-since_s / fade_s)

    return tone


BELL = (1.0, 0.5, 0.25, 0.12)
BRASS = (1.0, 0.8, 0.6, 0.45, 0.3, 0.2)

SOUNDS: dict[str, tuple[float, list[Tone]]] = {
    "chime": (
        1.1,
        [note(hz, 0.11 * place, 0.35, overtones=BELL) for place, hz in enumerate((659.3, 987.8))],
    ),
    "coin": (
        0.6,
        [
            note(1318.5, 0.0, 0.05, overtones=(1.0, 0.4)),
            note(1975.5, 0.07, 0.18, overtones=(1.0, 0.4)),
        ],
    ),
    "sparkle": (
        1.0,
        [
            note(hz, 0.055 * place, 0.2, overtones=(1.0, 0.3))
            for place, hz in enumerate((1046.5, 1318.5, 1568.0, 2093.0, 2637.0, 3136.0))
        ],
    ),
    "drum": (
        0.9,
        [
            *(thump(start_s, 95.0) for start_s in (0.0, 0.15, 0.3)),
            *(hiss(start_s, 0.04, place) for place, start_s in enumerate((0.0, 0.15, 0.3))),
        ],
    ),
    "fanfare": (
        1.4,
        [
            note(hz, start_s, fade_s, overtones=BRASS)
            for hz, start_s, fade_s in (
                (523.3, 0.0, 0.12),
                (523.3, 0.13, 0.12),
                (659.3, 0.26, 0.15),
                (784.0, 0.42, 0.5),
                (523.3, 0.42, 0.5),
            )
        ],
    ),
    "pop": (0.25, [thump(0.0, 420.0), note(880.0, 0.0, 0.03)]),
}


def samples(length_s: float, tones: list[Tone]) -> list[int]:
    """16-bit samples, as loud as PEAK at most, faded to silence at the end."""
    count = int(length_s * RATE_HZ)
    air = [sum(tone(place / RATE_HZ) for tone in tones) for place in range(count)]
    loudest = max(map(abs, air))
    fade = int(0.03 * RATE_HZ)
    return [
        round(32767 * PEAK * value / loudest * min(1.0, (count - place) / fade))
        for place, value in enumerate(air)
    ]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (length_s, tones) in SOUNDS.items():
        values = samples(length_s, tones)
        with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(struct.pack(f"<{len(values)}h", *values))
        print(f"{name}.wav: {len(values) / RATE_HZ:.1f} s")


if __name__ == "__main__":
    main()
