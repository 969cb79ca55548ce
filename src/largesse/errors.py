"""Errors a caller can act on, each with a stable code; answered as RFC 9457 problem+json.

The docstring of a class is its default message.

AppError
├── BadRequest 400      malformed or out-of-range input
├── Unauthenticated 401
├── Forbidden 403       known caller, not allowed
├── NotFound 404
├── Conflict 409        the state of things forbids it
├── Gone 410            it existed once
├── Unprocessable 422   well-formed, but the rules say no
└── TooManyRequests 429
"""

from typing import Any, ClassVar


class AppError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(self, detail: str | None = None, **fields: Any) -> None:
        """`detail` replaces the default message; `fields` are added to the problem document."""
        self.detail = detail or (type(self).__doc__ or "").strip().split("\n")[0]
        self.fields = fields
        super().__init__(self.detail)

    def problem(self) -> dict[str, Any]:
        """The RFC 9457 document, without `instance`."""
        title = self.code.replace("_", " ").capitalize()
        return {
            "type": f"urn:largesse:problem:{self.code}",
            "title": title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.fields,
        }


class BadRequest(AppError):
    """The request could not be understood."""

    status = 400
    code = "bad_request"


class Unauthenticated(AppError):
    """Sign in first."""

    status = 401
    code = "unauthenticated"


class Forbidden(AppError):
    """You may not do this."""

    status = 403
    code = "forbidden"


class NotFound(AppError):
    """There is nothing here."""

    status = 404
    code = "not_found"


class Conflict(AppError):
    """This does not fit the present state."""

    status = 409
    code = "conflict"


class IdempotencyConflict(Conflict):
    """This id was already used for a different request."""

    code = "idempotency_conflict"


class Gone(AppError):
    """This is no longer available."""

    status = 410
    code = "gone"


class Unprocessable(AppError):
    """The request breaks a rule."""

    status = 422
    code = "unprocessable"


class ValidationFailed(Unprocessable):
    """Some fields are missing or wrong."""

    code = "validation_failed"


class TooManyRequests(AppError):
    """Too many requests; try again later."""

    status = 429
    code = "too_many_requests"


class Unavailable(AppError):
    """The service is starting, stopping or overloaded; nothing was done, try again."""

    status = 503
    code = "unavailable"
