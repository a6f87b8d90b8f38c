"""Two doors into one server: this machine's own, where the desk is, and the one for other devices, with the room only.

Who comes from a loopback address comes from this machine: no other can have one. All else is the network.
"""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

from dialogram.server.config.errors import not_found
from dialogram.server.config.lan.certificates import ServerFiles


@dataclass(frozen=True)
class Lan:
    """The door for other devices: where it is, under which names, and what proves it."""

    port: int
    hosts: tuple[str, ...]
    files: ServerFiles
    authority_pem: str
    fingerprint: str

    @property
    def address(self) -> str:
        """What a phone opens."""
        return f"https://{self.hosts[0]}:{self.port}"


class DoorMiddleware:
    """Show each door what is behind it, and let nobody in under the other's name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lan: Lan | None = settings.LAN
        from_here = ip_address(request.META["REMOTE_ADDR"]).is_loopback
        if lan is None:
            return self.get_response(request) if from_here else not_found(request)
        # the relay has spoken TLS for a browser here that has spoken without; from elsewhere nobody speaks without
        request.META["wsgi.url_scheme"] = "http" if from_here else "https"
        if not from_here:
            request.urlconf = "dialogram.server.config.lan.urls"
        domain, _ = split_domain_port(request.get_host())
        if (domain in lan.hosts) == from_here:
            raise DisallowedHost("the name of another door")
        response = self.get_response(request)
        if not from_here:
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response
