"""A set of figures: what its file and its tables hold, and what is nonsense."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol, TypeAlias, TypeVar

from pydantic import AfterValidator, AwareDatetime, Field, ValidationError

from largesse.figures.errors import RulesInvalid
from largesse.http import validation_problem
from largesse.types import Schema

Coins: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Amount: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Small: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=1_000)]
Seconds: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=31_536_000)]
Days: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=3_650)]
Characters: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=2_000)]
Colour: TypeAlias = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


def in_utc(moment: datetime) -> datetime:
    """A whole second, as `list` shows it and `withdraw` takes it. ValueError: it is none, or out of the calendar."""
    if moment.microsecond:
        raise ValueError("must be a whole second")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is before the first year or after the last") from None


class Figures(Schema):
    """What holds together from a moment on."""

    valid_from: Annotated[AwareDatetime, AfterValidator(in_utc)]


class _Dated(Protocol):
    @property
    def valid_from(self) -> datetime: ...


D = TypeVar("D", bound=_Dated)


def holding(figures: Sequence[D], at: datetime) -> D:
    """The newest of the figures that hold already; they come newest first. The first of all hold before their moment,
    too: only a clock that is wrong is there."""
    for each in figures:  # a loop rather than next(): this runs for every gift
        if each.valid_from <= at:
            return each
    return figures[-1]


@dataclass(frozen=True, slots=True)
class RowsOf:
    """A table with one row for each part of a list, numbered from 1 in the column `number`."""

    table: str
    number: str
    part: type[Schema]
    """Its other columns."""


@dataclass(frozen=True, slots=True)
class FigureSet:
    """Figures that are scheduled together: fields of `model` are columns of `table`, or lists with tables of their
    own."""

    name: str
    about: str
    model: type[Figures]
    table: str
    lists: Mapping[str, RowsOf] = field(default_factory=dict)

    @property
    def tables(self) -> list[str]:
        return [self.table, *(rows.table for rows in self.lists.values())]

    def read(self, text: str | bytes) -> Figures:
        """The figures of a file; RulesInvalid says what is wrong first."""
        try:
            return self.model.model_validate_json(text)
        except ValidationError as error:
            first = validation_problem(error.errors()).fields["errors"][0]
            place = f"{first['field']}: " if first["field"] else ""
            raise RulesInvalid(f"{place}{first['message']}.") from None

    def shipped(self, text: str | bytes) -> dict[str, Any]:
        """The figures of the package's own file, as rows are stored."""
        return self.read(text).model_dump()
