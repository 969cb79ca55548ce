"""What users want to be shown of them."""

from uuid import UUID

from largesse.db import Connection
from largesse.figures import holding
from largesse.identity import User
from largesse.recognition import queries
from largesse.recognition.schemas import RecognitionChoice
from largesse.services import Services
from largesse.types import now


async def show_choice(services: Services, user: User) -> RecognitionChoice:
    """What a user chose, or what holds where he chose nothing."""
    async with services.db.read() as conn:
        chosen = await queries.entrance_choice(conn, user.id)
        if chosen is None:
            chosen = holding(await queries.rules(conn), now()).entrance_default
    return RecognitionChoice(entrance=chosen)


async def choose(services: Services, user: User, choice: RecognitionChoice) -> RecognitionChoice:
    """Keep what a user chose; it holds from his next entrance on."""
    async with services.db.transaction() as conn:
        await queries.choose_entrance(conn, user.id, choice.entrance)
    return choice


async def forget_person(conn: Connection, user_id: UUID) -> dict[str, int]:
    """Take an erased person out of what this module keeps."""
    return {"recognition": await queries.forget_user(conn, user_id)}
