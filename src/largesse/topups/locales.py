"""In which locale a caller reads."""

from typing import Annotated

from babel import Locale
from fastapi import Depends, Header, Query

from largesse.topups.price_texts import locale_of


def wanted_locale(
    locale: Annotated[
        str | None, Query(description="As in de-AT; without it, Accept-Language counts.")
    ] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> Locale:
    """The locale of the texts; one that nobody knows falls back."""
    return locale_of(locale, accept_language)


WantedLocale = Annotated[Locale, Depends(wanted_locale)]
