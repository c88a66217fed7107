# SPDX-License-Identifier: GPL-2.0-or-later
"""Vouchers and voucher-requests as JSON: RFC 8366, RFC 8995 3, and who may ask for one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509

from onlab import cms, der, pki

MEDIA_TYPE = "application/voucher-cms+json"
REQUEST_ROOT = "ietf-voucher-request:voucher"
VOUCHER_ROOT = "ietf-voucher:voucher"
LIFETIME = timedelta(minutes=20)  # RFC 8995 5.6

REQUEST_LEAVES = {
    "assertion", "created-on", "nonce", "serial-number", "proximity-registrar-cert",
    "expires-on", "idevid-issuer", "prior-signed-voucher-request", "last-renewal-date",
    "domain-cert-revocation-checks", "pinned-domain-cert", "proximity-registrar-pubk",
    "proximity-registrar-pubk-sha256",
}  # fmt: skip
PLEDGE_LEAVES = {"assertion", "created-on", "nonce", "serial-number", "proximity-registrar-cert"}
# The ways to name the registrar, the one that counts first (8366bis 8).
PROXIMITY = {
    "proximity-registrar-pubk-sha256": lambda cert: hashlib.sha256(pki.spki(cert)).digest(),
    "proximity-registrar-pubk": pki.spki,
    "proximity-registrar-cert": pki.der,
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Refusal(Exception):
    """A request that gets an HTTP error; RFC 8995 5.2, 5.3 and 5.6 say which."""

    def __init__(self, status: int, text: str, close: bool = False) -> None:
        super().__init__(text)
        self.status, self.close = status, close


def moment(when: datetime | None = None) -> str:
    return (when or pki.utc_now()).strftime("%Y-%m-%dT%H:%M:%SZ")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def strict_json(data: bytes):
    """JSON without duplicate members, constants that are none, or bytes that are not UTF-8."""

    def members(pairs: list) -> dict:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a member occurs twice")
        return dict(pairs)

    def constant(name: str):
        raise ValueError(f"{name} is not JSON")

    return json.loads(data.decode(), object_pairs_hook=members, parse_constant=constant)


def to_json(root: str, members: Sequence[tuple]) -> bytes:
    """Members in the order given.  A list of pairs, so that a name can occur twice."""
    inner = ",".join(f"{json.dumps(name)}:{json.dumps(value)}" for name, value in members)
    return f"{{{json.dumps(root)}:{{{inner}}}}}".encode()


@dataclass
class Request:
    """A voucher-request whose signature is good."""

    signed: cms.SignedData
    leaves: dict
    serial: str
    nonce: bytes | None
    remarks: list[str] = field(default_factory=list)

    def binary(self, name: str) -> bytes | None:
        return _binary(self.leaves, name)


def _binary(leaves: dict, name: str) -> bytes | None:
    """RFC 8995 5, RFC 7951 6.6: base64 with padding."""
    if name not in leaves:
        return None
    try:
        return base64.b64decode(leaves[name], validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise Refusal(400, f"{name} is not base64") from None


def _leaves(content: bytes) -> dict:
    try:
        document = strict_json(content)
    except ValueError as error:
        raise Refusal(400, f"the voucher-request is not JSON: {error}") from None
    if not isinstance(document, dict) or list(document) != [REQUEST_ROOT]:
        raise Refusal(400, f"the one root member is {REQUEST_ROOT}")
    leaves = document[REQUEST_ROOT]
    if not isinstance(leaves, dict) or not isinstance(leaves.get("serial-number"), str):
        raise Refusal(400, "serial-number is missing")
    unknown = sorted(set(leaves) - REQUEST_LEAVES)
    if unknown:
        raise Refusal(400, f"unknown members {unknown}")
    return leaves


def read_request(body: bytes) -> Request:
    """What pledge and registrar requests have in common."""
    try:
        signed = cms.read(body)
    except cms.CmsError as error:
        raise Refusal(400, str(error)) from None
    if signed.content_type not in (cms.JSON_VOUCHER, cms.ID_DATA):
        raise Refusal(406, f"eContentType {signed.content_type}")
    try:
        signed = cms.verify(body)
    except cms.CmsError as error:
        raise Refusal(403, str(error)) from None
    leaves = _leaves(signed.content)
    nonce = _binary(leaves, "nonce")
    if nonce is not None and not 8 <= len(nonce) <= 32:
        raise Refusal(400, f"a nonce has 8 to 32 octets, this one {len(nonce)}")
    if "created-on" in leaves and not isinstance(leaves["created-on"], str):
        raise Refusal(400, "created-on is no string")
    return Request(signed, leaves, leaves["serial-number"], nonce, list(signed.remarks))


def read_pledge_request(body: bytes) -> Request:
    """A PVR, with a remark on whatever is legal but not what the texts advise."""
    request = read_request(body)
    leaves, remark = request.leaves, request.remarks.append
    if request.nonce is None:
        raise Refusal(400, "a pledge voucher-request has a nonce")
    if leaves.get("assertion") != "proximity" or not set(leaves) & set(PROXIMITY):
        raise Refusal(400, "assertion proximity with proximity-registrar-cert was expected")
    if request.signed.content_type == cms.ID_DATA:
        remark("eContentType id-data")
    if set(leaves) - PLEDGE_LEAVES:
        remark(f"members a pledge leaves out: {sorted(set(leaves) - PLEDGE_LEAVES)}")
    if not MOMENT.fullmatch(leaves.get("created-on", moment())):
        remark("created-on is not YYYY-MM-DDTHH:MM:SSZ")
    if cms.SIGNING_TIME in request.signed.signer.attributes and "created-on" not in leaves:
        remark("signingTime from a pledge without a clock")
    return request


def saw(request: Request, registrar: x509.Certificate) -> bool:
    """Whether the pledge's proximity leaf is about this registrar."""
    name = next((name for name in PROXIMITY if name in request.leaves), None)
    return name is not None and request.binary(name) == PROXIMITY[name](registrar)


def idevid_issuer(idevid: x509.Certificate) -> bytes:
    """The AKI extension's value, RFC 8366 5.3; made up where the IDevID has none.

    The substitute is the SHA-1 of the IDevID's own key (RFC 5280 4.2.1.2, method 1).
    """
    try:
        found = idevid.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
        return found.value.public_bytes()
    except x509.ExtensionNotFound:
        own = x509.SubjectKeyIdentifier.from_public_key(idevid.public_key())
        return der.seq(der.tlv(0x80, own.digest))


def registrar_request(
    pledge: Request, body: bytes, idevid: x509.Certificate, registrar: pki.Identity,
    chain: Sequence[x509.Certificate],
) -> bytes:  # fmt: skip
    """An RVR, RFC 8995 5.5: serial from the IDevID, the whole PVR inside, no proximity leaf."""
    members = [
        ("assertion", "proximity"),
        ("created-on", moment()),
        ("nonce", pledge.leaves["nonce"]),
        ("serial-number", pki.subject_serial(idevid)),
        ("idevid-issuer", b64(der.octets(idevid_issuer(idevid)))),
        ("prior-signed-voucher-request", b64(body)),
    ]
    content = to_json(REQUEST_ROOT, members)
    return cms.write(cms.Message(content, (cms.Signer(registrar),), tuple(chain)))
