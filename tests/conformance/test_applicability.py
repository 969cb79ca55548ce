"""No behaviour is left out for a provider unless that is on record."""

from pathlib import Path

from tests.conformance.applicability import not_applicable


def test_what_does_not_apply_is_on_record() -> None:
    recorded = Path(__file__).with_name("not_applicable.txt").read_text("utf-8").splitlines()
    assert list(not_applicable()) == recorded
