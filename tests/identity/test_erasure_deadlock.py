"""Erasing a person gets through beside a transaction that takes the same locks in another order."""

import asyncio

from largesse.db import Database
from largesse.identity.erasure import erase_user
from largesse.types import PLATFORM_ID
from tests.fixtures_identity import MakeUser
from tests.moderation.conftest import until_waiting

WAITS_LONGER = "SET LOCAL deadlock_timeout = '60s'"
"""So that the other one finds the deadlock first, and is the one that is ended."""


async def test_it_is_begun_again_when_another_one_was_let_through(
    db: Database, users: MakeUser
) -> None:
    person = await users("Wilhelmina")
    async with db.transaction() as conn:
        await conn.execute(WAITS_LONGER)
        await conn.execute("SELECT FROM login WHERE user_id = %s FOR UPDATE", (person.id,))
        erasing = asyncio.create_task(erase_user(db, person.id, PLATFORM_ID))
        await until_waiting(db, 1)
        await conn.execute("SELECT FROM app_user WHERE id = %s FOR UPDATE", (person.id,))
        assert not erasing.done()
    erased = await erasing
    assert (erased.account, erased.logins) == (True, 1)
