"""Erasing a person: the account keeps its id, for the journal's sake, and nothing that says who it was."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from largesse import ledger
from largesse.db import Connection, Database, ReadConnection, past_deadlocks
from largesse.errors import Conflict
from largesse.identity import erasure_queries, follow_queries
from largesse.identity.errors import UserNotFound
from largesse.identity.service import record, user_id_of_email
from largesse.ledger import Code

ERASED_NAME = "Deleted account"
ERASED_BIRTH_DATE = date(1900, 1, 1)
"""Before that of anybody alive: no account can be made with it."""
_DIAMONDS = (Code.DIAMONDS_PENDING, Code.DIAMONDS_AVAILABLE, Code.DIAMONDS_HELD)
_MILLI = 1000
Forget = Callable[[Connection, UUID], Awaitable[Mapping[str, int]]]
"""Takes a person out of what a module above this one keeps; answers how much that was, by name."""


class AccountHoldsValue(Conflict):
    """The account holds coins or diamonds, which nobody could use any more."""

    code = "account_holds_value"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was taken out this time; all zero when everything had been before."""

    account: bool
    """Name, birth date or roles."""
    logins: int
    sessions: int
    follows: int
    followers: int
    messages: int
    events: int
    """Chat messages and other room events whose texts were emptied."""
    messages_kept: int
    """Gift messages that the chain itself covers: they stay."""
    coins_lost: int
    milli_diamonds_lost: int
    elsewhere: Mapping[str, int]
    """What other modules took out, by name."""


async def find_user_id(conn: ReadConnection, email_or_id: str) -> UUID:
    """A user by address or id; raises UserNotFound."""
    try:
        return UUID(email_or_id)
    except ValueError:
        user_id = await user_id_of_email(conn, email_or_id)
    if user_id is None:
        raise UserNotFound(f"There is no user {email_or_id}.")
    return user_id


async def erase_user(
    db: Database,
    user_id: UUID,
    actor_id: UUID,
    *,
    force: bool = False,
    also: Sequence[Forget] = (),
) -> Erasure:
    """Take a person out of accounts, sessions, follows, gift messages and chat, and `also` out of what others keep;
    again changes nothing.

    What they owe stays recorded against the id. Coins and diamonds they hold stay on the books, where nobody can
    use them: raises AccountHoldsValue unless `force`. Raises UserNotFound.
    """
    # What it takes people out of is locked in other orders by gifts, and by a month that leaves.
    return await past_deadlocks(lambda: _erase_user(db, user_id, actor_id, force, also))


async def _erase_user(
    db: Database, user_id: UUID, actor_id: UUID, force: bool, also: Sequence[Forget]
) -> Erasure:
    async with db.transaction() as conn:
        if not await erasure_queries.lock_user(conn, user_id):
            raise UserNotFound
        coins, milli_diamonds = await _held(conn, user_id)
        if (coins or milli_diamonds) and not force:
            raise AccountHoldsValue(
                f"{coins:,} coins and {milli_diamonds / _MILLI:,.3f} diamonds would be lost;"
                " erase with --force if this is meant.",
                coins=coins,
                milli_diamonds=milli_diamonds,
            )
        elsewhere: dict[str, int] = {}
        for forget in also:
            elsewhere.update(await forget(conn, user_id))
        done = await _erase(conn, user_id, coins, milli_diamonds, elsewhere)
        if _any_taken(done):
            await record(conn, actor_id, "user.erase", user_id, asdict(done))
    return done


def _any_taken(done: Erasure) -> bool:
    own = (done.account, done.logins, done.sessions, done.follows, done.messages, done.events)
    return any((*own, *done.elsewhere.values()))


async def _held(conn: ReadConnection, user_id: UUID) -> tuple[int, int]:
    """Coins, paid and bonus, and milli-diamonds in every state."""
    held = await ledger.balances(conn, user_id)
    coins = held.get(Code.COINS_PAID, 0) + held.get(Code.COINS_BONUS, 0)
    return coins, sum(held.get(code, 0) for code in _DIAMONDS)


async def _erase(
    conn: Connection,
    user_id: UUID,
    coins: int,
    milli_diamonds: int,
    elsewhere: Mapping[str, int],
) -> Erasure:
    await ledger.set_gifting(conn, user_id, False)
    return Erasure(
        account=await erasure_queries.forget_person(
            conn, user_id, display_name=ERASED_NAME, birth_date=ERASED_BIRTH_DATE
        ),
        logins=await erasure_queries.delete_logins(conn, user_id),
        sessions=await erasure_queries.delete_sessions(conn, user_id),
        follows=await _unfollow_all(conn, user_id),
        followers=await erasure_queries.delete_followers(conn, user_id),
        messages=await ledger.erase_messages(conn, user_id),
        events=await ledger.erase_said(conn, user_id),
        messages_kept=await ledger.messages_in_chain(conn, user_id),
        coins_lost=coins,
        milli_diamonds_lost=milli_diamonds,
        elsewhere=elsewhere,
    )


async def _unfollow_all(conn: Connection, user_id: UUID) -> int:
    creator_ids = await erasure_queries.followed_by(conn, user_id)
    for creator_id in creator_ids:
        removed = await follow_queries.delete_follow(conn, creator_id, user_id)
        if removed:
            await follow_queries.change_follower_count(conn, creator_id, -removed)
    return len(creator_ids)
