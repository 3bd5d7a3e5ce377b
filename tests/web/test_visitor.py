"""Where a visitor comes from, with and without proxies of ours in front."""

import pytest
from flask import Flask, request

from bot.web.visitor import is_loopback, network_of, visitor_address

VISITORS = [
    # proxies of ours, what X-Forwarded-For says, the visitor
    (0, None, "192.0.2.1"),
    (0, "127.0.0.1", "192.0.2.1"),
    (1, None, "192.0.2.1"),
    (1, "198.51.100.7", "198.51.100.7"),
    (1, "127.0.0.1, 198.51.100.7", "198.51.100.7"),
    (2, "127.0.0.1, 198.51.100.7, 203.0.113.9", "198.51.100.7"),
    (2, "203.0.113.9", "192.0.2.1"),
    (1, " , ,", "192.0.2.1"),
]


@pytest.mark.parametrize(("proxies", "says", "visitor"), VISITORS)
def test_only_our_own_proxies_are_believed(proxies, says, visitor):
    headers = {"X-Forwarded-For": says} if says is not None else {}
    with Flask("x").test_request_context("/", headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        assert visitor_address(request, proxies) == visitor


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_whoever_comes_through_a_proxy_on_this_machine_is_not_at_this_machine(header):
    """A proxy that the settings do not know must not open the console's one-time links to the world."""
    here = {"REMOTE_ADDR": "127.0.0.1"}
    with Flask("x").test_request_context("/", headers={header: "198.51.100.7"}, environ_base=here):
        assert not is_loopback(visitor_address(request, 0))
    with Flask("x").test_request_context("/", environ_base=here):
        assert is_loopback(visitor_address(request, 0))


NETWORKS = [
    ("192.0.2.77", "192.0.2.0/24", False),
    ("127.0.0.1", "127.0.0.0/24", True),
    ("::1", "::/56", True),
    ("2001:db8:1:2:3::4", "2001:db8:1::/56", False),
    ("", "unknown", False),
    ("nonsense", "unknown", False),
]


@pytest.mark.parametrize(("address", "network", "is_here"), NETWORKS)
def test_a_network_is_counted_as_one(address, network, is_here):
    assert (network_of(address), is_loopback(address)) == (network, is_here)
