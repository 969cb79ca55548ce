"""Sessions are deleted when they ended long ago, whatever the clock of the process says that deletes them."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from largesse import identity
from largesse.db import Database
from largesse.types import living_by
from tests.fixtures_identity import MakeUser


@pytest.mark.parametrize("days", [0, 4000, -4000], ids=["right", "ahead", "behind"])
async def test_sessions_go_by_the_databases_clock(
    client: httpx.AsyncClient, users: MakeUser, db: Database, days: int
) -> None:
    vera, otto = await users("Vera"), await users("Otto")
    async with db.transaction() as conn:
        await conn.execute(
            "UPDATE session SET expires_at = now() - interval '1 year' WHERE user_id = %s",
            (otto.id,),
        )
        with living_by(lambda: datetime.now(UTC) + timedelta(days=days)):
            await identity.purge(conn)
    answers = [await client.get("/v1/me", headers=person.headers) for person in (vera, otto)]
    assert [answer.status_code for answer in answers] == [200, 401]
    assert answers[1].json()["code"] == "unauthenticated", "it is not even known any more"
