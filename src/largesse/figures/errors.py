"""Why figures are refused.

AppError
├── NotFound       RulesUnknown, RulesNotScheduled
├── Conflict       RulesTaken
└── Unprocessable  RulesInvalid
"""

from largesse.errors import Conflict, NotFound, Unprocessable


class RulesUnknown(NotFound):
    """There are no rules of this name."""

    code = "rules_unknown"


class RulesNotScheduled(NotFound):
    """Nothing that begins in a minute or later is scheduled from this moment on."""

    code = "rules_not_scheduled"


class RulesTaken(Conflict):
    """Other figures are scheduled from just this moment on: withdraw them first, or choose another moment."""

    code = "rules_taken"


class RulesInvalid(Unprocessable):
    """The file is no set of these rules."""

    code = "rules_invalid"
