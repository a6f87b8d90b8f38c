"""Where other devices in the network find this machine."""

import re
import socket
from ipaddress import IPv4Address, IPv4Network

PRIVATE = tuple(
    map(
        IPv4Network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",  # two machines with nothing but a cable
            "192.0.2.0/24",  # never routed; virtual machines are given it
        ),
    )
)
"""Networks that end at a router: nobody beyond it can reach them, and no certificate of ours is good for others."""

_ELSEWHERE = ("10.255.255.255", 9)


class NoLanError(ValueError):
    """The machine is in no network in which others could reach it."""


def lan_addresses() -> tuple[str, ...]:
    """Return this machine's addresses in private networks, the one that leads further first.

    Raises
    ------
    NoLanError
        When there is none; public addresses do not count.
    """
    found = [*_towards_others(), *_by_name()]
    private = [address for address in dict.fromkeys(found) if is_private(address)]
    if not private:
        raise NoLanError("this machine is in no private network; connect it to the phone's (a router, or its hotspot)")
    return tuple(private)


def is_private(address: str) -> bool:
    """Whether an address lies in a network that ends at a router."""
    return any(IPv4Address(address) in network for network in PRIVATE)


def local_name() -> str | None:
    """Return the name under which many devices find this machine, or None where it has none that fits."""
    label = socket.gethostname().partition(".")[0].lower()
    return f"{label}.local" if re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", label) else None


def _towards_others() -> list[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)  # sends nothing: it only asks which address would be used
        except OSError:
            return []
        address: str = probe.getsockname()[0]
        return [address]


def _by_name() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(entry[4][0]) for entry in found]
