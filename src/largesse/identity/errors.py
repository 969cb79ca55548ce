"""What can go wrong with accounts, sessions and ages."""

from largesse.errors import (
    Conflict,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unprocessable,
)


class EmailTaken(Conflict):
    """There is already an account with this e-mail address."""

    code = "email_taken"


class CountryUnknown(Unprocessable):
    """We do not know this country; GET /v1/countries lists those we know."""

    code = "country_unknown"


class BirthDateInvalid(Unprocessable):
    """The birth date must be a real day in the past, written YYYY-MM-DD."""

    code = "birth_date_invalid"


class WrongCredentials(Unauthenticated):
    """The e-mail address or the password is wrong."""

    code = "wrong_credentials"


class TooManyLogins(TooManyRequests):
    """Too many failed attempts to sign in; wait a while."""

    code = "too_many_logins"


class TooManyRegistrations(TooManyRequests):
    """Too many accounts were made from this address; wait a while."""

    code = "too_many_registrations"


class TooManyNames(TooManyRequests):
    """You have changed your name often lately; wait a while."""

    code = "too_many_names"


class TooManySearches(TooManyRequests):
    """You looked for many people lately; wait a moment."""

    code = "too_many_searches"


class FoundByNameOnly(Unprocessable):
    """People are found by the names they go by, never by their e-mail addresses."""

    code = "found_by_name_only"


class SessionExpired(Unauthenticated):
    """The session has expired; sign in again."""

    code = "session_expired"


class CsrfFailed(Forbidden):
    """The request does not prove that it comes from our own page: send the X-CSRF-Token header."""

    code = "csrf_failed"


class RoleMissing(Forbidden):
    """This needs a role that you do not have."""

    code = "role_missing"


class NotACreator(Forbidden):
    """Only creators may do this; POST /v1/creator makes you one."""

    code = "not_a_creator"


class UserNotFound(NotFound):
    """There is no such user."""

    code = "user_not_found"


class SelfFollow(Conflict):
    """You cannot follow yourself."""

    code = "self_follow"


class Underage(Forbidden):
    """You are not yet old enough to buy or give coins in your country."""

    code = "underage"


class CountryClosed(Forbidden):
    """Coins cannot be bought or given in your country yet."""

    code = "country_closed"


class DemoOff(NotFound):
    """This exists in demo mode only."""

    code = "not_found"
