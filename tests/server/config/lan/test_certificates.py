"""Whom a phone that trusts the authority would believe, and whom not; OpenSSL is the judge."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from dialogram.server.config.lan.addresses import is_private
from dialogram.server.config.lan.certificates import Authority, certify_server, open_authority

NOW = datetime.now(UTC)
SECRET = bytes(range(32))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return open_authority(tmp_path / "authority.crt", secret=SECRET, now=NOW)


def greet(folder: Path, authority: Authority, *, host: str, certified: str) -> None:
    """Let a browser that trusts the authority greet a server with a certificate for an address."""
    files = certify_server(folder, authority, addresses=(certified,), name="lab.local", now=NOW)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    browser = ssl.create_default_context(cadata=authority.pem)
    to_server, to_browser = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        browser.wrap_bio(to_browser, to_server, server_hostname=host),
        server.wrap_bio(to_server, to_browser, server_side=True),
    ]
    while ends:
        for end in list(ends):
            try:
                end.do_handshake()
                ends.remove(end)
            except ssl.SSLWantReadError:
                pass


@pytest.mark.parametrize("host", ["192.168.7.5", "localhost", "127.0.0.1", "lab.local"])
def test_this_machine_is_believed_under_its_own_names(tmp_path: Path, authority: Authority, host: str) -> None:
    greet(tmp_path, authority, host=host, certified="192.168.7.5")


@pytest.mark.parametrize(
    ("host", "certified"),
    [("192.168.7.6", "192.168.7.5"), ("clinic.example", "192.168.7.5"), ("203.0.113.7", "203.0.113.7")],
)
def test_nobody_else_is_believed_and_nobody_on_the_internet_even_if_certified(
    tmp_path: Path, authority: Authority, host: str, certified: str
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        greet(tmp_path, authority, host=host, certified=certified)


def test_the_authority_is_made_once_and_its_key_is_nowhere_but_in_the_keyring(tmp_path: Path) -> None:
    file = tmp_path / "authority.crt"
    first = open_authority(file, secret=SECRET, now=NOW)
    again = open_authority(file, secret=SECRET, now=NOW + timedelta(days=300))
    assert first.fingerprint == again.fingerprint
    private = first.key.private_numbers().private_value.to_bytes(32)
    assert [path.name for path in tmp_path.iterdir()] == ["authority.crt"]
    assert private not in file.read_bytes()
    assert "PRIVATE" not in file.read_text()


def test_another_secret_or_a_late_day_make_another_authority(tmp_path: Path) -> None:
    file = tmp_path / "authority.crt"
    first = open_authority(file, secret=SECRET, now=NOW)
    late = open_authority(file, secret=SECRET, now=NOW + timedelta(days=3600))
    other = open_authority(file, secret=bytes(32), now=NOW)
    assert len({first.fingerprint, late.fingerprint, other.fingerprint}) == 3


def test_the_server_s_key_is_its_owner_s_only_new_at_each_start_and_gone_after_it(
    tmp_path: Path, authority: Authority
) -> None:
    keys = []
    for _ in range(2):
        files = certify_server(tmp_path, authority, addresses=("10.0.0.2",), name=None, now=NOW)
        keys.append(files.key.read_bytes())
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        own = serialization.load_pem_private_key(keys[-1], password=None).public_key()
        assert certificate.public_key() == own
        assert certificate.not_valid_after_utc - NOW < timedelta(days=91)
    assert keys[0] != keys[1]
    assert files.key.stat().st_mode & 0o077 == 0
    files.remove()
    assert [path.name for path in tmp_path.iterdir()] == ["authority.crt"]


def test_addresses_of_private_networks_only() -> None:
    private = ["10.1.2.3", "172.31.0.1", "192.168.0.9", "169.254.9.9"]
    public = ["8.8.8.8", "172.32.0.1", "100.64.0.1", "193.168.0.1", "127.0.0.1"]
    assert [is_private(address) for address in private + public] == [True] * 4 + [False] * 5
