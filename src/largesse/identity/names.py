"""Names and e-mail addresses as people may write them."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

DISPLAY_NAME_CHARACTERS_MAX = 40
EMAIL_CHARACTERS_MAX = 254
# Joiners stand inside emoji and in several scripts; every other invisible format character can disguise a name.
_JOINERS = frozenset("\u200c\u200d")
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_VISIBLE = frozenset("LNPS")


def clean_display_name(text: str) -> str:
    """The name trimmed, composed, with single spaces; ValueError when it could mislead or cannot be seen."""
    if any(_is_refused(character) for character in text):
        raise ValueError("Control and direction characters are not allowed")
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not any(unicodedata.category(character)[0] in _VISIBLE for character in name):
        raise ValueError("A name needs at least one visible character")
    if len(name) > DISPLAY_NAME_CHARACTERS_MAX:
        raise ValueError(f"A name has at most {DISPLAY_NAME_CHARACTERS_MAX} characters")
    return name


def _is_refused(character: str) -> bool:
    return unicodedata.category(character) in _REFUSED and character not in _JOINERS


def clean_email(text: str) -> str:
    """The address in the one form we store; ValueError when it is none. No name server is asked."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError("This is not an e-mail address") from error
    return login_key(found.normalized)


def login_key(email: str) -> str:
    """How an address is looked up; any text has one, so that a login tells nothing about its form."""
    return unicodedata.normalize("NFC", email.strip()).lower()
