"""A desk with rules of the test's own."""

import pytest

from tests.topups.guards.desk import Desk
from tests.topups.shop import Shop


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)
