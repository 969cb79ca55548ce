"""The song of the demonstration's stream: its notes, and their sound. Sixteen beats that end where they began."""

import array
import math
import wave
from dataclasses import dataclass
from pathlib import Path

BEATS = 16
BEAT_S = 0.75
LOOP_S = BEATS * BEAT_S
RATE = 44_100
_LOWEST_HZ = 130.81  # the C below the middle one
_CHORDS = ((9, 12, 16, 21), (5, 9, 12, 17), (0, 7, 12, 16), (7, 11, 14, 19))
_FIGURE = (0, 1, 2, 3, 2, 1, 2, 1)
"""Which note of the chord each eighth of a bar plays."""
_MELODY = (
    (0.0, 1.5, 28), (1.5, 0.5, 26), (2.0, 2.0, 24), (4.0, 1.0, 29), (5.0, 1.0, 28), (6.0, 2.0, 24),
    (8.0, 1.5, 31), (9.5, 0.5, 28), (10.0, 2.0, 24), (12.0, 1.0, 26), (13.0, 1.0, 23), (14.0, 2.0, 19),
)  # fmt: skip
"""Beat, length in beats, semitones above the lowest key."""
_PARTIALS = (1.0, 0.42, 0.2, 0.1, 0.05)


@dataclass(frozen=True)
class Note:
    """One key, held for a while."""

    start_s: float
    length_s: float
    semitone: int
    voice: int
    """0: melody, else a chord's."""


def notes() -> list[Note]:
    """The whole song."""
    found = [Note(at * BEAT_S, length * BEAT_S, tone, 0) for at, length, tone in _MELODY]
    for bar, chord in enumerate(_CHORDS):
        for eighth, index in enumerate(_FIGURE):
            start_s = (bar * 4 + eighth / 2) * BEAT_S
            found.append(Note(start_s, BEAT_S / 2, chord[index], 1 + bar % 3))
    return found


def write_sound(path: Path) -> None:
    """Struck strings that fade; what still sounds at the end goes on at the beginning."""
    count = round(LOOP_S * RATE)
    sound = [0.0] * count
    for note in notes():
        _add(sound, note, 0.2 if note.voice == 0 else 0.1)
    loudest = max(map(abs, sound))
    samples = array.array("h", (round(value / loudest * 24_000) for value in sound))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, count, "NONE", ""))
        file.writeframes(samples.tobytes())


def _add(sound: list[float], note: Note, volume: float) -> None:
    hz = _LOWEST_HZ * 2 ** (note.semitone / 12)
    first = round(note.start_s * RATE)
    for index in range(round((note.length_s + 1.2) * RATE)):
        at_s = index / RATE
        fading = math.exp(-at_s * 1.9) * min(1.0, at_s / 0.006)
        if at_s > note.length_s:
            fading *= math.exp(-(at_s - note.length_s) * 6.0)
        value = sum(
            share * math.sin(math.tau * hz * number * at_s)
            for number, share in enumerate(_PARTIALS, start=1)
        )
        sound[(first + index) % len(sound)] += value * fading * volume
