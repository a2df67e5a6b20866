"""Which computer a connection comes from."""

import asyncio
import ipaddress


def address_of(transport: asyncio.BaseTransport | None) -> str:
    """The other computer's address; "" for this computer itself, also over a Unix socket, and for who is gone."""
    name = transport.get_extra_info("peername") if transport is not None else None
    if not isinstance(name, tuple):
        return ""
    number = number_of(str(name[0]))
    mapped = getattr(number, "ipv4_mapped", None)
    number = mapped or number
    return "" if number is None or number.is_loopback else str(number)


def number_of(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a text writes in numbers, if it does."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
