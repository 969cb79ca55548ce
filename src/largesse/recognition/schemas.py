"""Bodies of the recognition routes."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from largesse.types import Schema

SEQ_MAX = 2**63 - 1


class ThanksBody(Schema):
    """Whom to thank: for the gift, paid message or cheer with this number in the room's log."""

    seq: Annotated[StrictInt, Field(ge=1, le=SEQ_MAX)]
    text: str | None = None
    """Null or empty: without words."""


class RecognitionChoice(Schema):
    """What a user wants to be shown of him."""

    entrance: StrictBool
    """Announced in rooms where he is one of the creator's top supporters."""
