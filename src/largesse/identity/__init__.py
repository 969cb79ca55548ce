"""Accounts, sessions, roles, countries with their age rule, and follows."""

from largesse.identity.age import age_years, check_spending, spending_state
from largesse.identity.auth import (
    CurrentCreator,
    CurrentOperator,
    CurrentUser,
    OptionalUser,
    PublicUser,
    authenticate,
    bearer_token,
    check_role,
    current_user,
    require,
    user_from_websocket,
)
from largesse.identity.cli import user_app
from largesse.identity.data import demo_sign_in
from largesse.identity.erasure import AccountHoldsValue, Erasure, erase_user
from largesse.identity.errors import (
    CountryClosed,
    CountryUnknown,
    NotACreator,
    SessionExpired,
    Underage,
    UserNotFound,
)
from largesse.identity.follows import add_followers, follower_counts, followers
from largesse.identity.jobs import register_jobs
from largesse.identity.limits import client_address, rate_limited
from largesse.identity.lookups import SessionLookups
from largesse.identity.model import AgeState, Country, Person, Role, SessionKind, User
from largesse.identity.passwords import hash_password
from largesse.identity.service import (
    add_people,
    assert_may_spend,
    countries,
    country,
    country_rule,
    create_user,
    ensure_user,
    grant_role,
    load_defaults,
    me,
    new_user,
    open_session,
    persons,
    purge,
    record,
    user_by_id,
)

__all__ = [
    "AccountHoldsValue",
    "AgeState",
    "Country",
    "CountryClosed",
    "CountryUnknown",
    "CurrentCreator",
    "CurrentOperator",
    "CurrentUser",
    "Erasure",
    "NotACreator",
    "OptionalUser",
    "Person",
    "PublicUser",
    "Role",
    "SessionExpired",
    "SessionKind",
    "SessionLookups",
    "Underage",
    "User",
    "UserNotFound",
    "add_followers",
    "add_people",
    "age_years",
    "assert_may_spend",
    "authenticate",
    "bearer_token",
    "check_role",
    "check_spending",
    "client_address",
    "countries",
    "country",
    "country_rule",
    "create_user",
    "current_user",
    "demo_sign_in",
    "ensure_user",
    "erase_user",
    "follower_counts",
    "followers",
    "grant_role",
    "hash_password",
    "load_defaults",
    "me",
    "new_user",
    "open_session",
    "persons",
    "purge",
    "rate_limited",
    "record",
    "register_jobs",
    "require",
    "spending_state",
    "user_app",
    "user_by_id",
    "user_from_websocket",
]
