"""What waits to be told of rooms by a bus that carries events, and how it is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from largesse.realtime.told import Told

WAITING_BYTES_MAX = 8 * 1024 * 1024
"""Beyond it only how far a room has come is told; others read its log."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The log of a room reaches `seq`; the encoded events lead up to it, or none do."""

    room_id: UUID
    seq: int
    texts: Sequence[str] = ()

    def messages(self, origin: UUID, *, bytes_max: int) -> Iterator[bytes]:
        """As few messages as it takes. An event that no message can hold is left to the log."""
        lines = [b"%b\n%d" % (str(origin).encode(), self.seq)]
        head = size = len(lines[0])
        for text in self.texts:
            line = text.encode()
            if head + 1 + len(line) > bytes_max:
                continue
            if size + 1 + len(line) > bytes_max:
                yield b"\n".join(lines)
                del lines[1:]
                size = head
            lines.append(line)
            size += 1 + len(line)
        yield b"\n".join(lines)


def read_letter(room_id: UUID, message: bytes) -> tuple[UUID, Letter]:
    """Who wrote it, and what. Raises ValueError."""
    origin, seq, *texts = message.decode().split("\n")
    return UUID(origin), Letter(room_id, int(seq), texts)


LETTERS_MAX = 20_000
"""A bus may be away for days. Others compare the rooms that are open there with the log every second."""


class Letters:
    """Events by room, in the order in which they came; bounded."""

    def __init__(self) -> None:
        self._texts: dict[UUID, list[str]] = {}
        self._heads: dict[UUID, int] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._heads)

    def add(self, room_id: UUID, events: Iterable[Told]) -> None:
        texts = self._texts.setdefault(room_id, [])
        for told in events:
            if self._bytes < WAITING_BYTES_MAX:
                texts.append(told.text)
                self._bytes += len(told.text)
            self.add_head(room_id, told.seq)

    def add_head(self, room_id: UUID, seq: int) -> None:
        """Its log reaches this number."""
        self._heads[room_id] = max(seq, self._heads.get(room_id, 0))
        if len(self._heads) > LETTERS_MAX:
            oldest = next(iter(self._heads))
            del self._heads[oldest]
            self._bytes -= sum(map(len, self._texts.pop(oldest, ())))

    def take(self) -> list[Letter]:
        """All of them; none is left."""
        taken = [
            Letter(room_id, seq, self._texts.get(room_id, ()))
            for room_id, seq in self._heads.items()
        ]
        self._texts, self._heads, self._bytes = {}, {}, 0
        return taken

    def give_back(self, letters: Iterable[Letter]) -> None:
        """It is not sure that they were told. How far the rooms have come will do: others read the rest in the log."""
        for letter in letters:
            self.add_head(letter.room_id, letter.seq)
