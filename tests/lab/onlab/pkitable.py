# SPDX-License-Identifier: GPL-2.0-or-later
"""Every certificate of the lab, one row each: manufacturer, MASA, owner's domain, their enemies.

The paths are an interface, since agents, scenarios and the CA read the files directly.  A test
that needs another certificate adds a row, below the row of its issuer.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.x509.oid import ExtendedKeyUsageOID as EKU
from cryptography.x509.oid import ObjectIdentifier

VERSION = 4  # of this table: a directory of another version is made anew
SERIAL = "SN-0001"
MASA_HOST = "masa.example"
REGISTRAR_HOST = "registrar.example"

CMC_CA = ObjectIdentifier("1.3.6.1.5.5.7.3.27")
CMC_RA = ObjectIdentifier("1.3.6.1.5.5.7.3.28")
CM_KGA = ObjectIdentifier("1.3.6.1.5.5.7.3.32")
REGISTRAR_EKU = (CMC_RA, EKU.SERVER_AUTH, EKU.CLIENT_AUTH)


@dataclass(frozen=True)
class Row:
    """One certificate of the lab and everything that is odd about it."""

    path: str
    cn: str
    issuer: str | None = None  # None: self-signed
    key: str = "p256"  # kind of key, or "=PATH": the key of that row
    ca: bool = False
    organization: str = "Example Domain"
    serial: str | None = None  # X520SerialNumber of the subject
    eku: tuple = ()
    names: tuple = ()  # DNS names and IP addresses of the SAN
    starts: int = -1  # days from the seed date
    days: int | None = 730  # None: 99991231235959Z
    bare: bool = False  # no AKI, SKI, KeyUsage
    masa_url: str | None = None
    ski_of: str | None = None  # claim the key identifier of another row
    foreign_key: bool = False  # the .key file does not hold the certificate's private key
    announces: str | None = None  # the row whose key will be the next root's, RFC 8649
    uses: tuple = ("digital_signature",)  # keyUsage of an end entity
    copies: int = 0  # so many stray certificates behind the chain


def _domain(path: str, cn: str, **more) -> Row:
    more.setdefault("issuer", "domain/sub")
    return Row(f"domain/{path}", cn, **more)


def _registrar(name: str, cn: str = "Registrar", **more) -> Row:
    more.setdefault("eku", REGISTRAR_EKU)
    more.setdefault("names", (REGISTRAR_HOST, "localhost", "127.0.0.1"))
    return _domain(f"registrar-{name}", cn, **more)


def _idevid(name: str, **more) -> Row:
    more.setdefault("issuer", "manufacturer/sub")
    more.setdefault("serial", SERIAL)
    return Row(
        f"device/idevid-{name}", "Router", organization="Example Devices",
        days=more.pop("days", None), masa_url=MASA_HOST, **more,
    )  # fmt: skip


def _root(path: str, cn: str, organization: str, **more) -> Row:
    return Row(path, cn, ca=True, organization=organization, days=7300, **more)


ROWS = (
    _root("manufacturer/root", "Device Root CA", "Example Devices"),
    _root("manufacturer/sub", "Device CA 1", "Example Devices", issuer="manufacturer/root"),
    _root("masa/root", "MASA Root CA", "Example Devices MASA"),
    _root("masa/sub", "MASA CA 1", "Example Devices MASA", issuer="masa/root"),
    _root("masa/rogue-root", "Rogue MASA Root CA", "Another Manufacturer"),
    # The clone has the names and key identifier of the real one: only the key tells them apart.
    _root("masa/clone-root", "MASA Root CA", "Example Devices MASA", ski_of="masa/root"),
    _root("masa/tls-root", "Web Root CA", "Example Devices MASA"),
    _root("domain/root", "Domain Root CA", "Example Domain"),
    _root("domain/sub", "LDevID CA", "Example Domain", issuer="domain/root"),
    _root("domain/clone-root", "Domain Root CA", "Example Domain", ski_of="domain/root"),
    # The root to come: the same name and another key, RFC 4210 4.4.
    _root("domain/next-root", "Domain Root CA", "Example Domain"),
    # A root that has announced its successor's key, and that one: the name may change.
    _root("domain/hash-next", "Announced Root CA 2", "Example Domain"),
    _root("domain/hash-root", "Announced Root CA", "Example Domain", announces="domain/hash-next"),
    _root("other/root", "Unrelated Root CA", "Unrelated"),
    Row("masa/signer", "Voucher Signer", "masa/sub", organization="Example Devices MASA"),
    Row("masa/signer-direct", "Voucher Signer", "masa/root", organization="Example Devices MASA"),
    Row("masa/rogue-signer", "Rogue Signer", "masa/rogue-root",
        organization="Another Manufacturer"),
    Row("masa/clone-signer", "Voucher Signer", "masa/clone-root",
        organization="Example Devices MASA"),
    Row("masa/expired-signer", "Voucher Signer", "masa/root", starts=-60, days=30,
        organization="Example Devices MASA"),
    Row("masa/tls", "MASA", "masa/tls-root", organization="Example Devices MASA",
        eku=(EKU.SERVER_AUTH,), names=(MASA_HOST, "localhost", "127.0.0.1")),
    # One CA for everything, the shape of RFC 8995 appendix C: devices, MASA, web, clients.
    Row("manufacturer/voucher-signer", "masa.example", "manufacturer/root",
        organization="Example Devices", eku=(EKU.SERVER_AUTH,), names=(MASA_HOST,)),
    Row("manufacturer/client", "Fleet Manager", "manufacturer/root",
        organization="Example Devices", eku=(EKU.CLIENT_AUTH,)),
    _idevid("p256"),
    _idevid("p384", key="p384"),
    _idevid("rsa", key="rsa"),
    _idevid("noaki", bare=True),
    _idevid("noserial", serial=None),
    _idevid("expired", starts=-60, days=30),
    _idevid("unknown", issuer="other/root"),  # a manufacturer the registrar never heard of
    _idevid("serial-0002", serial="SN-0002"),
    # With these the CA can send something that nobody else reads, RFC 9483 4.1.6.
    _idevid("p256-agree", uses=("digital_signature", "key_agreement")),
    _idevid("p384-agree", key="p384", uses=("digital_signature", "key_agreement")),
    _idevid("p521-agree", key="p521", uses=("digital_signature", "key_agreement")),
    _idevid("rsa-encipher", key="rsa", uses=("digital_signature", "key_encipherment")),
    _registrar("p256"),
    _registrar("p384", key="p384"),
    _registrar("rsa", key="rsa"),
    _registrar("noeku", eku=(EKU.SERVER_AUTH, EKU.CLIENT_AUTH),
               names=(REGISTRAR_HOST, "localhost")),
    _registrar("address", eku=(EKU.SERVER_AUTH,), names=("127.0.0.1",)),
    _registrar("clientonly", eku=(EKU.CLIENT_AUTH,)),
    _registrar("elsewhere", eku=(EKU.SERVER_AUTH,), names=("registrar.elsewhere",)),
    _registrar("noserverauth", eku=(CMC_RA,)),
    _registrar("selfsigned", issuer=None),
    _registrar("expired", starts=-60, days=30),
    _registrar("notyet", starts=300),
    _registrar("renewed", key="=domain/registrar-p256"),
    _registrar("other", cn="Registrar 2"),
    _registrar("stranger", cn="Registrar", issuer="other/root"),
    _registrar("clone", issuer="domain/clone-root"),
    _registrar("below-ee", issuer="domain/registrar-other"),  # issued by an end entity
    _registrar("big", names=tuple(f"registrar-{n:03}.{REGISTRAR_HOST}" for n in range(120))),
    _registrar("longchain", copies=12),
    _registrar("nokey", foreign_key=True),
    _domain("ldevid-imposter", "Router 7", serial="SN-0007", eku=(EKU.SERVER_AUTH,),
            names=(REGISTRAR_HOST, "localhost")),
    _domain("ra", "Registration Authority", eku=(CMC_RA,)),
    _domain("ca-signer", "CMP Signer", eku=(CMC_CA,)),
    _domain("norole", "Somebody"),
    _domain("any-purpose", "Somebody", eku=(EKU.ANY_EXTENDED_KEY_USAGE,)),
    _domain("web", "Web Server", eku=(EKU.SERVER_AUTH,), names=("www.example",)),
    # A device that is enrolled, and one that can also be sent a key.
    _domain("device", "Router", serial=SERIAL),
    _domain("device-agree", "Router", serial=SERIAL, uses=("digital_signature", "key_agreement")),
    _domain("kga", "Key Generation Authority", eku=(CM_KGA,)),
    _domain("expired-ra", "Registration Authority", eku=(CMC_RA,), starts=-60, days=30),
    Row("other/kga", "Key Generation Authority", "other/root", eku=(CM_KGA,)),
    Row("other/ee", "Registrar", "other/root", organization="Unrelated", eku=REGISTRAR_EKU,
        names=(REGISTRAR_HOST, "localhost", "127.0.0.1")),
)  # fmt: skip

BY_PATH = {row.path: row for row in ROWS}
