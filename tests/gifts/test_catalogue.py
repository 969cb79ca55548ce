"""The catalogue, its drawings, and how long a change takes to be seen."""

import asyncio
import json
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from largesse.db import Database
from largesse.errors import Gone, NotFound
from largesse.gifts import GiftDesk, GiftKind, load_defaults
from largesse.settings import Settings
from largesse.types import now


@pytest.fixture
def demo_template() -> str:
    """No demo people here: these tests count what there is."""
    return "largesse_template"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, DATABASE_URL=SecretStr(database_url))


async def test_every_gift_is_listed_with_a_drawing(client: httpx.AsyncClient) -> None:
    shipped = json.loads((files("largesse.gifts") / "data" / "catalogue.json").read_text("utf-8"))
    listed = (await client.get("/v1/gifts")).json()
    assert [gift["slug"] for gift in listed["items"]] == [g["slug"] for g in shipped["gifts"]]
    assert [gift["coins"] for gift in listed["items"]] == [g["coins"] for g in shipped["gifts"]]
    assert listed["count_max"] == shipped["count_max"]
    assert listed["post_gift_coins_min"] < listed["post_gift_coins_max"]
    assert listed["message_characters_max"] == 128
    assert listed["share_bp"] == 5000
    assert len({gift["id"] for gift in listed["items"]}) == len(shipped["gifts"])
    for gift in listed["items"]:
        assert gift["streakable"] == (gift["coins"] < 100)
        drawing = await client.get(gift["animation"]["art_url"])
        assert drawing.status_code == 200, gift["slug"]
        assert drawing.headers["content-type"] == "image/svg+xml"


async def test_a_drawing_runs_nothing_and_is_kept_by_browsers(client: httpx.AsyncClient) -> None:
    drawing = await client.get("/art/gifts/rose.svg")
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert drawing.headers["content-security-policy"] == policy
    assert "max-age=" in drawing.headers["cache-control"]
    tag = drawing.headers["etag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await client.get("/art/gifts/rose.svg", headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
    changed = await client.get("/art/gifts/rose.svg", headers={"If-None-Match": '"other"'})
    assert changed.status_code == 200


@pytest.mark.parametrize("slug", ["nothing", "..%2Frose", "%2e%2e%2fcatalogue.json", "x" * 5000])
async def test_unknown_drawings_are_not_found(client: httpx.AsyncClient, slug: str) -> None:
    answer = await client.get(f"/art/gifts/{slug}.svg")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_loading_the_defaults_again_changes_nothing(db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute("UPDATE gift_type SET coins = 2 WHERE slug = 'rose'")
        await load_defaults(conn)
        cursor = await conn.execute("SELECT coins, id FROM gift_type WHERE slug = 'rose'")
        row = await cursor.fetchone()
    assert row is not None
    assert row[0] == 2
    assert row[1].version == 7


async def test_the_desk_sees_a_change_after_a_moment_and_keeps_old_versions(db: Database) -> None:
    desk = GiftDesk(db, fresh_s=1.0)
    rose = (await desk.rules()).find("rose", now())
    async with db.transaction() as conn:
        await conn.execute("UPDATE gift_type SET valid_until = now() WHERE slug = 'rose'")
    assert (await desk.rules()).find("rose", now()) == rose
    await asyncio.sleep(1.1)
    with pytest.raises(Gone):
        (await desk.rules()).find("rose", now())
    with pytest.raises(Gone):
        (await desk.rules()).find(str(rose.id), now())
    known = desk.gift_type(rose.no)
    assert known is not None
    assert known.slug == "rose"


async def test_a_gift_of_the_future_is_not_there_yet_and_then_is(db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute(
            "INSERT INTO gift_type SELECT 900, gen_random_uuid(), 1, 'comet', 'Comet', 5, true,"
            " animation, alt, 99, now() + interval '1 hour', NULL FROM gift_type WHERE slug = 'rose'"
        )
    desk = GiftDesk(db, fresh_s=60)
    rules = await desk.rules()
    with pytest.raises(NotFound):
        rules.find("comet", now())
    then = now() + timedelta(hours=2)
    assert rules.find("comet", then).coins == 5
    assert rules.catalogue(then)[-1].slug == "comet"


async def test_many_askers_read_the_catalogue_once(db: Database) -> None:
    desk = GiftDesk(db)
    found = await asyncio.gather(*(desk.rules() for _ in range(50)))
    assert len({id(rules) for rules in found}) == 1


@pytest.mark.parametrize("kind", ["paid_message", "paid_message_held", "cheer"])
async def test_built_in_types_are_no_gifts_of_the_catalogue(db: Database, kind: GiftKind) -> None:
    rules = await GiftDesk(db).rules()
    built_in = rules.built_in(kind)
    assert (built_in.coins, built_in.streakable) == (1, False)
    assert built_in not in rules.catalogue(now())
    for key in (built_in.slug, str(built_in.id)):
        with pytest.raises(NotFound):
            rules.find(key, now())


async def test_built_in_types_are_added_to_a_catalogue_from_before(db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute("DELETE FROM gift_type WHERE kind <> 'gift'")
        await load_defaults(conn)
        await load_defaults(conn)
        cursor = await conn.execute("SELECT count(*) FROM gift_type WHERE kind <> 'gift'")
        assert await cursor.fetchone() == (3,)
