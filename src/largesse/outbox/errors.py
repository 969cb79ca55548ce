"""What history cannot answer, and months that must stay.

AppError
├── NotFound  MonthNotBegun
├── Conflict  ArchiveRefused
└── Gone      Archived
"""

from largesse.errors import Conflict, Gone, NotFound


class MonthNotBegun(NotFound):
    """There is no statement of a month that has not begun (UTC)."""

    code = "month_not_begun"


class Archived(Gone):
    """This lies in the archive of its month; ask the operator."""

    code = "archived"


class ArchiveRefused(Conflict):
    """This month cannot be archived yet."""

    code = "archive_refused"
