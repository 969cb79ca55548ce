"""Why finance refuses.

AppError
├── Conflict  DayNotEnded, DayNotClosed, DayBeforeBooks, BooksDisagree
└── NotFound  ReceiptNotFound
"""

from largesse.errors import Conflict, NotFound


class DayNotEnded(Conflict):
    """This day has not ended yet (UTC); `closes_at` says when it can be closed."""

    code = "day_not_ended"


class DayNotClosed(Conflict):
    """This day is not closed yet."""

    code = "day_not_closed"


class DayBeforeBooks(Conflict):
    """This day lies before the first one that was closed."""

    code = "day_before_books"


class BooksDisagree(Conflict):
    """The figures of a day are not those it was closed with; `differences` name them."""

    code = "books_disagree"


class ReceiptNotFound(NotFound):
    """You neither sent nor received a gift with this id."""

    code = "receipt_not_found"
