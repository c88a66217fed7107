#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the certificates, keys and vouchers beside it, by nobody's code of ours.

Certificates come from python3-cryptography, CMS from the openssl command.  A new
run makes new keys, and so other bytes of everything; tests depend on none.
Usage: make.py [DIRECTORY]
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as EKU
from cryptography.x509.oid import NameOID, ObjectIdentifier

SERIAL = "JADA123456789"
NONCE = bytes(range(0x40, 0x58))  # 24 octets
CMC_RA = ObjectIdentifier("1.3.6.1.5.5.7.3.28")
MASA_URL = ObjectIdentifier("1.3.6.1.5.5.7.1.32")  # RFC 8995 2.3.2
JSON_VOUCHER = "1.2.840.113549.1.9.16.1.40"

BEGIN = datetime.datetime(2026, 1, 1)
END = datetime.datetime(2046, 1, 1)
PAST = (datetime.datetime(2020, 1, 1), datetime.datetime(2025, 12, 31))
FUTURE = (datetime.datetime(2040, 1, 1), END)
FOREVER = (BEGIN, datetime.datetime(9999, 12, 31, 23, 59, 59))

KEYS = {
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def name(cn: str, serial: str | None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, cn)]
    if serial:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial))
    return x509.Name(parts)


class Pki:
    def __init__(self, where: Path):
        self.where = where
        self.keys: dict[str, object] = {}
        self.certs: dict[str, x509.Certificate] = {}

    def make(
        self, file, cn, issuer=None, *, key="p256", same_key=None, serial=None, ca=None,
        usage=(), eku=(), san=(), aki=True, dates=(BEGIN, END), masa=False,
    ):  # fmt: skip
        """ca: True, False, or None for no basicConstraints at all."""
        mine = self.keys[same_key] if same_key else KEYS[key]()
        above = self.keys[issuer] if issuer else mine
        subject = name(cn, serial)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.certs[issuer].subject if issuer else subject)
            .public_key(mine.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(dates[0])
            .not_valid_after(dates[1])
        )
        if ca is not None:
            builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
        if usage:
            bits = {each: each in usage for each in USAGES}
            builder = builder.add_extension(x509.KeyUsage(**bits), critical=True)
        if eku:
            builder = builder.add_extension(x509.ExtendedKeyUsage(eku), critical=False)
        if san:
            builder = builder.add_extension(x509.SubjectAlternativeName(san), critical=False)
        if aki:
            builder = builder.add_extension(
                x509.SubjectKeyIdentifier.from_public_key(mine.public_key()), critical=False
            ).add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()),
                critical=False,
            )
        if masa:
            url = b"masa.example"
            builder = builder.add_extension(
                x509.UnrecognizedExtension(MASA_URL, bytes([0x16, len(url)]) + url), critical=False
            )
        digest = None if isinstance(above, ed25519.Ed25519PrivateKey) else hashes.SHA256()
        self.keys[file] = mine
        self.certs[file] = builder.sign(above, digest)
        (self.where / f"{file}.pem").write_bytes(self.pem(file))

    def pem(self, file) -> bytes:
        return self.certs[file].public_bytes(serialization.Encoding.PEM)

    def der(self, file) -> bytes:
        return self.certs[file].public_bytes(serialization.Encoding.DER)

    def spki(self, file) -> bytes:
        return self.keys[file].public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def save(self, file, *above):
        """The private key, and the chain that goes with it."""
        (self.where / f"{file}.key").write_bytes(
            self.keys[file].private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        (self.where / f"{file}-chain.pem").write_bytes(b"".join(map(self.pem, (file, *above))))


SIGN = ("digital_signature",)
ISSUE = ("key_cert_sign", "crl_sign")


def make_masa(pki: Pki):
    pki.make("masa-root", "MASA Root", ca=True, usage=ISSUE + SIGN)
    pki.make("masa-sub", "MASA Sub", "masa-root", ca=True, usage=ISSUE)
    # As RFC 8995's own MASA: neither keyUsage nor extended key usage.
    pki.make("masa", "MASA", "masa-root")
    pki.make("masa-below-sub", "MASA below", "masa-sub", usage=SIGN, eku=[EKU.SERVER_AUTH])
    pki.make("masa-notary", "MASA Notary", "masa-root", usage=("content_commitment",))
    pki.make("masa-wrong-use", "MASA Wrong Use", "masa-root", usage=("key_agreement",))
    pki.make("masa-expired", "MASA Expired", "masa-root", dates=PAST)
    pki.make("masa-self", "MASA Self", ca=False, usage=SIGN)
    pki.make("masa-issuer-only", "MASA Issuer", ca=True, usage=ISSUE)
    pki.make("masa-rsa", "MASA RSA", "masa-root", key="rsa")
    pki.make("masa-p384", "MASA P-384", "masa-root", key="p384")
    # Another manufacturer's, of the same names.
    pki.make("other-root", "MASA Root", ca=True, usage=ISSUE + SIGN)
    pki.make("other-masa", "MASA", "other-root")
    for file in ("masa", "masa-notary", "masa-wrong-use", "masa-expired", "masa-self", "masa-root",
                 "masa-issuer-only", "other-masa"):  # fmt: skip
        pki.save(file)
    pki.save("masa-below-sub", "masa-sub")


def make_devices(pki: Pki):
    device = {"serial": SERIAL, "usage": SIGN, "dates": FOREVER, "masa": True}
    pki.make("vendor-root", "Vendor Root", ca=True, usage=ISSUE)
    pki.make("vendor-sub", "Vendor Sub", "vendor-root", ca=True, usage=ISSUE)
    pki.make("idevid", "Router 7", "vendor-sub", **device)
    pki.make("idevid-no-aki", "Router 7", "vendor-sub", aki=False, **device)
    pki.make("idevid-no-serial", "Router 7", "vendor-sub", usage=SIGN)
    for kind in ("p384", "rsa", "ed25519"):
        pki.make(f"idevid-{kind}", "Router 7", "vendor-sub", key=kind, **device)
    for file in ("idevid", "idevid-no-aki", "idevid-no-serial", "idevid-p384", "idevid-rsa",
                 "idevid-ed25519"):  # fmt: skip
        pki.save(file, "vendor-sub", "vendor-root")


def make_domain(pki: Pki):
    names = [
        x509.DNSName("registrar.example"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
    ]
    ra = {"usage": SIGN, "eku": [CMC_RA, EKU.SERVER_AUTH], "san": names}
    pki.make("domain-root", "Domain Root", ca=True, usage=ISSUE)
    pki.make("domain-sub", "Domain Sub", "domain-root", ca=True, usage=ISSUE)
    pki.make("registrar", "Registrar", "domain-sub", **ra)
    pki.make("registrar-renewed", "Registrar", "domain-sub", same_key="registrar", **ra)
    pki.make("registrar-second", "Registrar 2", "domain-sub", **ra)
    pki.make("registrar-expired", "Registrar", "domain-sub", dates=PAST, **ra)
    pki.make("registrar-future", "Registrar", "domain-sub", dates=FUTURE, **ra)
    pki.make("registrar-ra-only", "Registrar", "domain-sub", usage=SIGN, eku=[CMC_RA])
    pki.make("registrar-web", "Web server", "domain-sub", usage=SIGN, eku=[EKU.SERVER_AUTH],
             san=names)  # fmt: skip
    pki.make("registrar-any", "Any use", "domain-sub", usage=SIGN,
             eku=[EKU.ANY_EXTENDED_KEY_USAGE])  # fmt: skip
    pki.make("registrar-agreeing", "Registrar", "domain-sub", usage=("key_agreement",),
             eku=[CMC_RA])  # fmt: skip
    pki.make("registrar-self", "Registrar", ca=False, **ra)
    pki.make("registrar-self-ca", "Registrar", ca=True, usage=ISSUE + SIGN)
    pki.make("ldevid", "Some device", "domain-sub", usage=SIGN, eku=[EKU.CLIENT_AUTH], san=names)
    # Issued by an end entity, and by the same names with other keys.
    pki.make("registrar-below-end-entity", "Registrar", "registrar-self", **ra)
    pki.make("foreign-root", "Domain Root", ca=True, usage=ISSUE)
    pki.make("foreign-sub", "Domain Sub", "foreign-root", ca=True, usage=ISSUE)
    pki.make("foreign-registrar", "Registrar", "foreign-sub", **ra)


def voucher(pki: Pki, **more) -> bytes:
    leaves = {
        "created-on": "2026-11-24T08:00:00Z",
        "assertion": "proximity",
        "serial-number": SERIAL,
        "nonce": base64.b64encode(NONCE).decode(),
        "pinned-domain-cert": base64.b64encode(pki.der("domain-root")).decode(),
    }
    leaves.update(more)
    return json.dumps({"ietf-voucher:voucher": leaves}).encode()


def sign(pki: Pki, out: str, content: bytes, signer: str, *options: str, inside=()):
    """openssl cms -sign; signer's certificate inside unless -nocerts is given."""
    with tempfile.TemporaryDirectory() as room:
        there = Path(room)
        (there / "content").write_bytes(content)
        (there / "cert").write_bytes(pki.pem(signer))
        (there / "inside").write_bytes(b"".join(map(pki.pem, inside)))
        pki_key = pki.keys[signer].private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (there / "key").write_bytes(pki_key)
        more = ["-certfile", "inside"] if inside else []
        subprocess.run(
            ["openssl", "cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-in", "content",
             "-signer", "cert", "-inkey", "key", "-out", pki.where / out, *more, *options],
            cwd=room, check=True,
        )  # fmt: skip


def make_vouchers(pki: Pki):
    content = voucher(pki)
    typed = ("-econtent_type", JSON_VOUCHER, "-md", "sha256", "-nosmimecap")
    sign(pki, "plain.vcj", content, "masa", *typed)
    sign(pki, "data.vcj", content, "masa", "-md", "sha256")
    sign(pki, "key-id.vcj", content, "masa", *typed, "-keyid")
    sign(pki, "below-sub.vcj", content, "masa-below-sub", *typed, inside=["masa-sub"])
    sign(pki, "with-root.vcj", content, "masa-below-sub", *typed,
         inside=["masa-sub", "masa-root"])  # fmt: skip
    sign(pki, "no-sub.vcj", content, "masa-below-sub", *typed)
    sign(pki, "no-certs.vcj", content, "masa-self", *typed, "-nocerts")
    sign(pki, "root-signs.vcj", content, "masa-root", *typed)
    sign(pki, "no-attributes.vcj", content, "masa", "-md", "sha256", "-noattr")
    sign(pki, "rsa.vcj", content, "masa-rsa", *typed)
    sign(pki, "rsa-pss.vcj", content, "masa-rsa", *typed, "-keyopt", "rsa_padding_mode:pss",
         "-keyopt", "rsa_pss_saltlen:32")  # fmt: skip
    sign(pki, "p384.vcj", content, "masa-p384", "-econtent_type", JSON_VOUCHER, "-md", "sha384")
    sign(pki, "sha512.vcj", content, "masa", "-econtent_type", JSON_VOUCHER, "-md", "sha512")
    make_two_signers(pki, content, typed)


def make_two_signers(pki: Pki, content: bytes, typed):
    sign(pki, "two-signers.vcj", content, "masa", *typed,
         "-signer", str(pki.where / "masa-below-sub.pem"),
         "-inkey", str(pki.where / "masa-below-sub.key"), inside=["masa-sub"])  # fmt: skip


def main():
    where = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent).resolve()
    pki = Pki(where)
    make_masa(pki)
    make_devices(pki)
    make_domain(pki)
    make_vouchers(pki)


if __name__ == "__main__":
    main()
