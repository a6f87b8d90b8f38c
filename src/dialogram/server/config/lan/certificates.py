"""A certificate authority of this data folder's own, good for private networks only, and what it certifies.

Its key is made from one in the keyring and lies nowhere else; its certificate is public. The server gets a new key and
certificate at each start; that key lies in the folder in plain, for its owner only, while the server runs: the server
opens no sealed one, and what it is good for ends in three months.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dialogram.server.config.lan.addresses import PRIVATE
from dialogram.vault.durable_file import durable_file

AUTHORITY_FOR = timedelta(days=3650)
SERVER_FOR = timedelta(days=90)
"""A server runs for a day or a term; phones refuse certificates that are good for much longer than a year."""
LATE = timedelta(days=1)
"""A phone's clock may be behind."""

type Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    """Who says that this machine is this machine; a phone trusts it once."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> str:
        """Its certificate, which everybody may have."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as phones show it."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()


@dataclass(frozen=True)
class ServerFiles:
    """Where the server's certificate and key lie."""

    certificate: Path
    key: Path

    def remove(self) -> None:
        """Remove both: the next start makes others."""
        for file in (self.certificate, self.key):
            file.unlink(missing_ok=True)


def open_authority(file: Path, *, secret: bytes, now: datetime) -> Authority:
    """Read the authority's certificate, or make it: once, and anew only when it is about to end.

    Parameters
    ----------
    file
        The certificate, which is public.
    secret
        32 bytes that only this data folder's keyring holds.
    """
    key = _key_from(secret)
    if file.exists():
        found = x509.load_pem_x509_certificate(file.read_bytes())
        if found.public_key() == key.public_key() and now < found.not_valid_after_utc - SERVER_FOR:
            return Authority(found, key)
    made = Authority(_make_authority(key, now=now), key)
    with durable_file(file, partial=file.with_name(f"{file.name}.partial")) as out:
        out.write(made.pem.encode())
    return made


def certify_server(
    folder: Path, authority: Authority, *, addresses: tuple[str, ...], name: str | None, now: datetime
) -> ServerFiles:
    """Make a key and a certificate for this machine's addresses, and lay them where the server reads them."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName(host) for host in ("localhost", name) if host]
    hosts = [x509.IPAddress(IPv4Address(address)) for address in ("127.0.0.1", *addresses)]
    certificate = (
        _builder(authority.certificate.subject, _named("Dialogram server"), key, now=now, lasts=SERVER_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([*names, *hosts]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    files = ServerFiles(folder / "lan-server.crt", folder / "lan-server.key")
    files.remove()  # made anew they are their owner's only, whatever a killed server left
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def _key_from(secret: bytes) -> Key:
    # a scalar from 1 to the order - 1; 256 random bits are as good as evenly spread over it
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return ec.derive_private_key(int.from_bytes(secret) % (order - 1) + 1, ec.SECP256R1())


def _make_authority(key: Key, *, now: datetime) -> x509.Certificate:
    name = _named("Dialogram (this study's own computer)")
    networks = [x509.IPAddress(network) for network in (*PRIVATE, IPv4Network("127.0.0.0/8"))]
    permitted = [*networks, x509.DNSName("localhost"), x509.DNSName("local")]
    return (
        _builder(name, name, key, now=now, lasts=AUTHORITY_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _builder(
    issuer: x509.Name, subject: x509.Name, key: Key, *, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LATE)
        .not_valid_after(now - LATE + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
