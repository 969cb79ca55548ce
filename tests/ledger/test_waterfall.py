"""Which coins are taken and given back: pure decisions, against a model that marks single coins."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from largesse.ledger.waterfall import (
    Cause,
    Decision,
    Interval,
    Part,
    Piece,
    Settled,
    Source,
    Step,
    applied_minor,
    give_back,
    gravest_kind,
    overlaps,
    settle_given,
    share_of,
    take,
    without,
)

GIFT, OTHER = UUID(int=1), UUID(int=2)
BOTH = (Step.REVERSE_DIAMONDS, Step.OWE)
UNUSED = Piece(Source.UNUSED, 50, 10)
REPAID = Piece(Source.REPAID, 40, 10)
GIVEN = Piece(Source.GIVEN, 10, 20, GIFT)
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), max_size=6)


def test_causes_add_up_to_the_price_at_most_and_cancelled_ones_do_not_count() -> None:
    causes = [
        Cause("a", "refund", 40, cancelled=False),
        Cause("b", "chargeback", 90, cancelled=True),
        Cause("c", None, None, cancelled=True),
    ]
    assert (applied_minor(causes, 100), gravest_kind(causes)) == (40, "refund")
    causes.append(Cause("d", "chargeback", 90, cancelled=False))
    assert (applied_minor(causes, 100), gravest_kind(causes)) == (100, "chargeback")


def test_coins_of_an_odd_price_are_rounded_down_and_all_of_them_go_with_all_of_it() -> None:
    assert [share_of(7, amount, 99) for amount in (0, 14, 15, 98, 99)] == [0, 0, 1, 6, 7]
    assert share_of(2**62 - 1, 2**62, 2**63 - 1) == (2**62 - 1) * 2**62 // (2**63 - 1)


def test_pieces_are_taken_from_their_ends_in_their_order() -> None:
    done = take(Decision([]), 25, [UNUSED, REPAID, GIVEN], BOTH, {GIFT: True})
    assert done.parts == [
        Part(Source.UNUSED, Settled.REMOVED, 50, 10),
        Part(Source.REPAID, Settled.OWED, 40, 10),
        Part(Source.GIVEN, Settled.DIAMONDS, 25, 5, GIFT),
    ]
    assert done.taken == done.parts


def test_what_was_taken_last_comes_back_first() -> None:
    decision = take(Decision([]), 25, [UNUSED, REPAID, GIVEN], BOTH, {GIFT: True})
    done = give_back(Decision(list(decision.parts)), 8)
    assert done.given_back == [
        Part(Source.GIVEN, Settled.DIAMONDS, 25, 5, GIFT),
        Part(Source.REPAID, Settled.OWED, 40, 3),
    ]
    assert done.parts == [decision.parts[0], Part(Source.REPAID, Settled.OWED, 43, 7)]


def test_given_coins_are_settled_by_the_rule_and_what_is_pending() -> None:
    ends = {}
    for steps in (BOTH, (Step.OWE,), (Step.REVERSE_DIAMONDS,), (), BOTH[::-1]):
        for pending in (True, False):
            done = take(Decision([]), 20, [GIVEN], steps, {GIFT: pending})
            ends["+".join(steps), pending] = done.parts[0].settled.value
    assert ends == {
        ("reverse_diamonds+owe", True): "diamonds",
        ("reverse_diamonds+owe", False): "owed",
        ("owe", True): "owed",
        ("owe", False): "owed",
        ("reverse_diamonds", True): "diamonds",
        ("reverse_diamonds", False): "borne",
        ("", True): "borne",
        ("", False): "borne",
        ("owe+reverse_diamonds", True): "owed",
        ("owe+reverse_diamonds", False): "owed",
    }


def test_other_steps_settle_again_what_they_would_have_settled_otherwise() -> None:
    parts = [
        Part(Source.UNUSED, Settled.REMOVED, 50, 10),
        Part(Source.GIVEN, Settled.DIAMONDS, 25, 5, GIFT),
        Part(Source.GIVEN, Settled.BORNE, 5, 5, OTHER),
    ]
    kept = settle_given(Decision(list(parts)), BOTH, {GIFT: False, OTHER: False})
    assert kept.parts == [*parts[:2], Part(Source.GIVEN, Settled.OWED, 5, 5, OTHER)]
    assert (kept.given_back, kept.taken) == ([parts[2]], [kept.parts[2]])


@settings(deadline=None)
@given(SPANS, SPANS)
def test_cutting_and_overlapping_say_what_single_places_say(
    pieces: list[tuple[int, int]], cuts: list[tuple[int, int]]
) -> None:
    apart, end = [], 0
    for gap, length in pieces:
        apart.append(Piece(Source.GIVEN, end + gap % 5, length))
        end += gap % 5 + length
    holes, end = [], 0
    for gap, length in cuts:
        holes.append(Interval(end + gap % 7, end + gap % 7 + length))
        end = holes[-1].end
    places = {place for piece in apart for place in range(piece.start, piece.start + piece.coins)}
    cut = {place for hole in holes for place in range(hole.start, hole.end)}

    def covered(found: list[Piece]) -> list[int]:
        return [place for each in found for place in range(each.start, each.start + each.coins)]

    left = without(apart, holes)
    assert sorted(covered(left)) == sorted(places - cut)
    assert [piece.start for piece in left] == sorted((p.start for p in left), reverse=True)
    assert sorted(covered(overlaps(apart, holes))) == sorted(places & cut)
