"""Where a visitor comes from: the socket's address, or what our own proxies say of it."""

from ipaddress import IPv4Address, ip_address, ip_network

from flask import Request

_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


def visitor_address(request: Request, trusted_proxies: int) -> str:
    """Return the visitor's address: the entry that the outermost of our `trusted_proxies` has written; "" if unknown."""
    if trusted_proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= trusted_proxies:
            return hops[-trusted_proxies]
    address = request.remote_addr or ""
    if is_loopback(address) and any(name in request.headers for name in _FORWARDED):
        return ""  # through a proxy on this machine that the settings do not know: whoever is behind it is not here
    return address


def network_of(address: str) -> str:
    """Return the network that limits are counted by: /24, or /56 of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    bits = 24 if isinstance(parsed, IPv4Address) else 56
    return str(ip_network((parsed, bits), strict=False))


def is_loopback(address: str) -> bool:
    """Return whether `address` is this machine."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
