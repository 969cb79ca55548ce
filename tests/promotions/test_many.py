"""Many promotions and many claims: what is read for a purchase or a page does not grow with them."""

from datetime import timedelta

import pytest

from largesse.promotions import queries, service
from largesse.types import now
from tests.promotions.stand import Stand

MANY = 150


async def with_codes(stand: Stand) -> None:
    """Many promotions with a code each, as for many partners."""
    await stand.add("partner", "bonus", bp=200, code="PARTNER", priority=1)
    await stand.shop.execute(
        """
        INSERT INTO promotion (id, slug, title, description, kind, code, bp, first_recharge, starts_at, ends_at,
                               priority, stacks, created_at)
        SELECT gen_random_uuid(), slug || n, title, description, kind, code || n, bp, first_recharge, starts_at,
               ends_at, priority, stacks, created_at
          FROM promotion, generate_series(1, %s) AS n WHERE slug = 'partner'
        """,
        MANY,
    )


async def test_a_quote_reads_only_the_promotions_that_need_no_code(stand: Stand) -> None:
    await stand.add("spring", "bonus", bp=100)
    await with_codes(stand)
    async with stand.shop.services.db.read() as conn:
        read = await queries.running_without_code(conn, now())
    assert [promotion.slug for promotion in read] == ["spring"]
    assert (await stand.order("PARTNER7")).coins_bonus == 7


async def test_the_list_is_short_and_begins_with_what_needs_no_code(stand: Stand) -> None:
    await with_codes(stand)
    await stand.add("spring", "bonus", bp=100, priority=1000)
    page = await service.list_promotions(
        stand.shop.services.db, stand.shop.buyer, country=None, channel=None
    )
    assert len(page.items) == service.LISTED_MAX < MANY
    assert page.items[-1].slug == "spring"  # by priority, among those that are listed


@pytest.mark.breaks_ledger
async def test_claims_of_other_days_are_not_read(stand: Stand) -> None:
    daily = await stand.add("daily", "grant", coins=1, daily=True)
    buyer = stand.shop.buyer
    await stand.shop.execute(
        """
        INSERT INTO promotion_use (user_id, occasion, promotion_id, no, coins, discount_minor, discount_net_minor,
                                   budget_taken, state, created_at, updated_at)
        SELECT %s, 'claim:' || (%s::date - n), %s, 1, 1, 0, 0, 1, 'used', now(), now() FROM generate_series(1, %s) n
        """,
        buyer.id, now().date(), daily.id, MANY,
    )  # fmt: skip
    today = now().date()
    yesterday = f"claim:{today - timedelta(days=1)}"
    async with stand.shop.services.db.read() as conn:
        assert await queries.claims_of(conn, buyer.id, ["claim", f"claim:{today}"]) == set()
        claims = await queries.claims_of(conn, buyer.id, ["claim", yesterday])
    assert claims == {(daily.id, yesterday)}
