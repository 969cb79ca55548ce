"""Figures of media servers, invitations and changes that an operator may set; the migrations say what each one is."""

from typing import Annotated

from pydantic import Field

from largesse.figures import Amount, Days, Figures, FigureSet, Seconds


class StreamFigures(Figures):
    """Media servers, invitations, and changes of a stream."""

    ingest_grace_s: Annotated[int, Field(strict=True, ge=0, le=86_400)]
    ingest_calls_max: Amount
    ingest_wrong_max: Amount
    ingest_window_s: Seconds
    invitations_max: Amount
    ingest_key_days: Days
    changes_max: Amount
    changes_window_s: Seconds


FIGURES = FigureSet("streams", "media servers, invitations", StreamFigures, "stream_rule")
