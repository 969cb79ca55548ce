"""What asks a server of this machine over plain HTTP: reading all certificates for each asking takes long."""

import ssl

TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For httpx's `verify`: has no certificates."""
