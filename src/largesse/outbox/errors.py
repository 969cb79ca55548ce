"""What history cannot answer.

AppError
└── NotFound  MonthNotBegun
"""

from largesse.errors import NotFound


class MonthNotBegun(NotFound):
    """There is no statement of a month that has not begun (UTC)."""

    code = "month_not_begun"
