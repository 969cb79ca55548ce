"""Addresses of pictures: checked before anybody's browser is sent there."""

from urllib.parse import SplitResult, urlsplit

from largesse.realtime import Playback
from largesse.rooms.errors import AddressWrong
from largesse.rooms.schemas import GivenPlayback
from largesse.settings import Settings

ADDRESS_CHARACTERS_MAX = 1000
_UNSAFE = frozenset(" \"'<>\\^`{|}")


def checked_playback(given: GivenPlayback | None, settings: Settings) -> Playback | None:
    """What was given when browsers may play it; none when it names no address. Raises AddressWrong."""
    if given is None or (given.hls_url is None and given.whep_url is None):
        return None
    return Playback(
        hls_url=_checked(given.hls_url, "playback.hls_url", settings),
        whep_url=_checked(given.whep_url, "playback.whep_url", settings),
    )


def _checked(text: str | None, field: str, settings: Settings) -> str | None:
    """An https address on a host that is allowed, or a path of this server."""
    if text is None:
        return None
    if not 1 <= len(text) <= ADDRESS_CHARACTERS_MAX:
        raise AddressWrong(field, f"Must have 1 to {ADDRESS_CHARACTERS_MAX} characters")
    if not text.isascii() or not text.isprintable() or not _UNSAFE.isdisjoint(text):
        raise AddressWrong(field, "This is not an address")
    try:
        address = urlsplit(text)
        _ = address.port
    except ValueError as error:
        raise AddressWrong(field, "This is not an address") from error
    if not address.scheme and not address.netloc and text.startswith("/"):
        if text.startswith("//"):  # browsers read a host behind any number of slashes
            raise AddressWrong(field, "This is not an address")
        return text
    _check_parts(address, field)
    if not _is_ours(address, settings) and not any(
        host.holds(address) for host in settings.media_hosts
    ):
        raise AddressWrong(
            field,
            f"Pictures do not come from {address.hostname} here: "
            "its operator lists the hosts in LARGESSE_MEDIA_HOSTS",
        )
    return text


def _check_parts(address: SplitResult, field: str) -> None:
    if address.scheme not in ("https", "http") or not address.hostname:
        raise AddressWrong(field, "An address starts with https://")
    if address.username is not None or address.password is not None:
        raise AddressWrong(field, "An address holds no name and no password")
    if address.fragment:
        raise AddressWrong(field, "An address of a picture has no part after #")


def _is_ours(address: SplitResult, settings: Settings) -> bool:
    """The public address of this server, which pages may always ask."""
    ours = urlsplit(settings.base_url)
    return (address.scheme, address.netloc.lower()) == (ours.scheme, ours.netloc.lower())
