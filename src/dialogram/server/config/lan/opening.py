"""Opening the door for other devices: addresses, authority, certificate."""

from datetime import UTC, datetime

from dialogram.server.config.data_folder import DataFolder
from dialogram.server.config.lan.addresses import lan_addresses, local_name
from dialogram.server.config.lan.certificates import certify_server, open_authority
from dialogram.server.config.lan.door import Lan


def open_lan(folder: DataFolder, *, port: int) -> Lan:
    """Certify this machine under its present addresses; `NoLanError` when it has none."""
    now = datetime.now(UTC)
    addresses, name = lan_addresses(), local_name()
    secret = folder.keyring.key("lan-authority")
    authority = open_authority(folder.path / "lan-authority.crt", secret=secret, now=now)
    files = certify_server(folder.path, authority, addresses=addresses, name=name, now=now)
    hosts = (*addresses, *([name] if name else []))
    return Lan(port, hosts, files, authority.pem, authority.fingerprint)
