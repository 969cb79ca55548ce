"""A ranking in memory that follows what refunds and disputes take from gifts, and give back."""

from largesse.identity import Person
from largesse.realtime import BoardStart, Giving, RankingStart, Recount, RoomStart
from largesse.realtime.projection import Projection
from largesse.types import new_id
from tests.realtime.conftest import CREATOR, gift

ANA, BEA, CLEO, DORA = (Person(id=new_id(), display_name=name) for name in ("A", "B", "C", "D"))


def room() -> Projection:
    """Two places are shown. Ana gave 100, Bea 50, Cleo 30 before anybody looked; 20 of Ana's are taken already."""
    giving = {ANA.id: Giving(100, 1), BEA.id: Giving(50, 2), CLEO.id: Giving(30, 3)}
    return Projection(
        RoomStart(
            id=new_id(),
            kind="stream",
            title="A room",
            creator=CREATOR,
            state="live",
            gifting=True,
            seq=3,
            ranking=RankingStart(
                giving=giving,
                names={ANA.id: ANA, BEA.id: BEA},
                places_max=2,
                taken={ANA.id: 20},
            ),
            board=BoardStart(),
        )
    )


def shown(projection: Projection) -> list[tuple[str, int]]:
    return [(place.user.display_name, place.coins) for place in projection.supporters()]


def test_whoever_was_below_moves_up_and_back() -> None:
    projection = room()
    assert shown(projection) == [("A", 100), ("B", 50)]
    projection.recount(Recount({ANA.id: 120}, [(BEA, 2), (CLEO, 3)]))
    assert shown(projection) == [("B", 50), ("C", 30)]
    projection.recount(Recount({ANA.id: 20}, [(ANA, 1), (BEA, 2)]))
    assert shown(projection) == [("A", 100), ("B", 50)]
    projection.recount(Recount({}, [(ANA, 1), (BEA, 2)]))
    assert shown(projection) == [("A", 120), ("B", 50)]


def test_gifts_before_and_after_a_recount_count_once() -> None:
    projection = room()
    projection.apply(gift(4, ANA, 10))
    projection.recount(Recount({ANA.id: 90}, [(BEA, 2), (ANA, 1)]))
    assert shown(projection) == [("B", 50), ("A", 40)]
    projection.apply(gift(5, ANA, 15))
    projection.apply(gift(6, CLEO, 1))
    assert shown(projection) == [("A", 55), ("B", 50)]


def test_what_is_taken_of_a_gift_that_was_not_heard_yet_waits_for_it() -> None:
    projection = room()
    projection.recount(Recount({ANA.id: 20, DORA.id: 5}, [(ANA, 1), (DORA, 4)]))
    assert shown(projection) == [("A", 100), ("B", 50)]
    projection.apply(gift(4, DORA, 75))
    assert shown(projection) == [("A", 100), ("D", 70)]


def test_somebody_who_lost_all_before_the_start_is_back() -> None:
    projection = room()
    projection.recount(Recount({ANA.id: 20, BEA.id: 50, CLEO.id: 30}, [(ANA, 1)]))
    assert shown(projection) == [("A", 100)]
    projection.recount(Recount({ANA.id: 20, DORA.id: -60}, [(ANA, 1), (DORA, 4)]))
    assert shown(projection) == [("A", 100), ("D", 60)]
