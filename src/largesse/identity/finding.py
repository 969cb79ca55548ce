"""Finding people by the names they go by, for creators who appoint or invite somebody.

Names are not unique, so there may be several. Nobody is found by an e-mail address, nor by a part of a name: lists of
everybody cannot be drawn from it, and who tries many names has to wait.
"""

from uuid import UUID

from largesse.db import Database
from largesse.errors import ValidationFailed
from largesse.identity import people_queries
from largesse.identity.erasure import ERASED_NAME
from largesse.identity.errors import FoundByNameOnly, TooManySearches
from largesse.identity.limits import limited_by_name
from largesse.identity.model import User
from largesse.identity.names import clean_display_name, clean_email
from largesse.identity.schemas import FoundPerson
from largesse.types import Page


async def find_people(
    db: Database, user: User, who: str, *, after: UUID | None, limit: int
) -> Page[FoundPerson]:
    """People other than the user who go by this name, whatever its letter case, or the one with this id; by id.

    Raises ValidationFailed for what cannot be a name, FoundByNameOnly for an address, TooManySearches.
    """
    name, id_ = _sought(who)
    async with db.transaction() as conn:
        _, wait_s = await limited_by_name(conn, "find_person", str(user.id))
        if wait_s:
            raise TooManySearches(retry_after_s=wait_s)
    async with db.read() as conn:
        found = await people_queries.find(
            conn, user.id, name=name, id_=id_, hidden=ERASED_NAME, after=after, limit=limit + 1
        )
    following = str(found[limit - 1].id) if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=following)


def _sought(who: str) -> tuple[str | None, UUID | None]:
    """A name as names are stored, or an id."""
    if _is_address(who):  # whether somebody has it or not
        raise FoundByNameOnly
    try:
        return None, UUID(who.strip())
    except ValueError:
        pass
    try:
        return clean_display_name(who), None
    except ValueError as error:
        raise ValidationFailed(errors=[{"field": "who", "message": str(error)}]) from error


def _is_address(text: str) -> bool:
    try:
        clean_email(text)
    except ValueError:
        return False
    return True
