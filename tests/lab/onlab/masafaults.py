# SPDX-License-Identifier: GPL-2.0-or-later
"""Vouchers a pledge must refuse, and odd ones it must accept.

Stages, in the order a voucher passes them: members (list of pairs), content (JSON text), message
(before signing), bytes (the CMS), answer (HTTP).
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta

from onlab import cms, der, pki, voucher
from onlab.faults import MASA, Switches, declare, fault

# With one of these on, the MASA signs for registrars it should turn away: the pledge is the
# one under test.
LENIENT = (
    "registrar-imposter", "registrar-noeku", "registrar-noeku-elsewhere", "mitm-voucher",
    "registrar-by-address", "registrar-clientonly", "masa-lenient",
)  # fmt: skip


def lenient(switches: Switches) -> bool:
    return any(name in switches for name in LENIENT)


declare("masa-lenient", MASA, "signs for anybody, also without cmcRA or a proximity proof")


# ---- members


def put(members: list, name: str, value) -> list:
    """The members with one of them set; its place is kept."""
    if name not in dict(members):
        return members + [(name, value)]
    return [(n, value if n == name else v) for n, v in members]


def drop(members: list, *names: str) -> list:
    return [(n, v) for n, v in members if n not in names]


def setting(name: str, member: str, value, text: str) -> None:
    """A fault that sets one member; value may be a function of the Case."""
    declare(
        name, MASA, text, "members",
        lambda members, case: put(members, member, value(case) if callable(value) else value),
    )  # fmt: skip


def dropping(name: str, text: str, *members: str) -> None:
    declare(name, MASA, text, "members", lambda have, case: drop(have, *members))


def _in(**delta) -> str:
    return voucher.moment(pki.utc_now() + timedelta(**delta))


def _nonce(case) -> bytes:
    return case.request.nonce or bytes(24)


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


PINS = ("pinned-domain-cert", "pinned-domain-pubk", "pinned-domain-pubk-sha256")

setting("voucher-serial", "serial-number", "SN-0002", "for another device")
setting("voucher-serial-case", "serial-number", lambda case: case.request.serial.lower(),
        "the serial number in lower case")  # fmt: skip
setting("voucher-serial-type", "serial-number", 1, "the serial number is a JSON number")
setting("voucher-nonce", "nonce", lambda case: voucher.b64(bytes(b ^ 1 for b in _nonce(case))),
        "another nonce than the request's")  # fmt: skip
setting("voucher-nonce-short", "nonce", lambda case: voucher.b64(_nonce(case)[:8]),
        "only the first eight octets of the nonce")  # fmt: skip
setting("voucher-nonce-base64url", "nonce", lambda case: _url64(_nonce(case)),
        "the nonce in base64url without padding, to be accepted")  # fmt: skip
setting("voucher-expires-and-nonce", "expires-on", lambda case: _in(minutes=20),
        "expires-on beside the nonce, to be accepted")  # fmt: skip
setting("voucher-expired", "expires-on", lambda case: _in(days=-1), "expired a day ago")
setting("voucher-future", "created-on", "2099-01-01T00:00:00Z", "created in the year 2099")
setting("voucher-created-fraction", "created-on", "2026-11-01T10:00:00.589-04:00",
        "created-on with fraction and offset, to be accepted")  # fmt: skip
setting("voucher-created-garbage", "created-on", "yesterday", "created-on is no date")
setting("voucher-assertion-unknown", "assertion", "trust-me", "an assertion nobody defined")
setting("voucher-revocation-true", "domain-cert-revocation-checks", True,
        "demands a revocation check of the pin, which has no CRL")  # fmt: skip
setting("voucher-revocation-string", "domain-cert-revocation-checks", "false",
        "the boolean as a string, to be accepted")  # fmt: skip
setting("voucher-unknown-member", "example:colour", {"shade": ["blue", 1, None]},
        "a member nobody knows, to be ignored")  # fmt: skip
setting("voucher-huge", "example:padding", "x" * 1024 * 1024, "one megabyte, properly signed")
setting("voucher-deep", "example:nest", json.loads("[" * 500 + "]" * 500),
        "a member nested 500 deep, properly signed")  # fmt: skip
setting("voucher-pin-garbage", "pinned-domain-cert", voucher.b64(b"not a certificate"),
        "the pin is no certificate")  # fmt: skip
setting("voucher-pin-not-base64", "pinned-domain-cert", "%%%%", "the pin is no base64")
dropping("voucher-no-nonce", "no nonce and no expiry", "nonce")
dropping("voucher-no-pin", "pins nothing", *PINS)
dropping("voucher-no-serial", "no serial number", "serial-number")
dropping("voucher-no-assertion", "no assertion, to be accepted", "assertion")
dropping("voucher-no-created", "no created-on, to be accepted", "created-on")


def _pin_cert(name: str, file: str, text: str) -> None:
    def bend(members: list, case) -> list:
        pin = voucher.b64(pki.der(case.identity(file).cert))
        return put(drop(members, *PINS), "pinned-domain-cert", pin)

    declare(name, MASA, text, "members", bend)


_pin_cert("voucher-wrong-pin", "other/root", "pins the root CA of somebody else")
_pin_cert("voucher-wrong-pin-ee", "domain/registrar-other",
          "pins another registrar of the same domain")  # fmt: skip
_pin_cert("voucher-pin-root", "domain/root", "pins the domain's root whatever the request says")
_pin_cert("voucher-pin-issuing-ee", "domain/registrar-other",
          "pins an end entity that issued the registrar's certificate")  # fmt: skip


@fault("voucher-nonceless-expires", MASA, "members", "expires-on instead of the nonce")
def _nonceless(members: list, case) -> list:
    return put(drop(members, "nonce"), "expires-on", _in(minutes=20))


@fault("voucher-nonceless-expires-soon", MASA, "members", "no nonce, and expires in 8 seconds")
def _nonceless_soon(members: list, case) -> list:
    return put(drop(members, "nonce"), "expires-on", _in(seconds=8))


@fault("voucher-nonceless-expired", MASA, "members", "no nonce, and expired a day ago")
def _nonceless_expired(members: list, case) -> list:
    return put(drop(members, "nonce"), "expires-on", _in(days=-1))


def _issuer_forms() -> None:
    def key_id(case) -> bytes:
        aki = voucher.idevid_issuer(case.idevid)
        return aki[4:24]  # 30 16 80 14, then the identifier

    forms = {
        "aki-ext": (lambda case: der.octets(voucher.idevid_issuer(case.idevid)),
                    "the AKI's extnValue, to be accepted"),
        "aki-content": (lambda case: voucher.idevid_issuer(case.idevid),
                        "the AKI's content, to be accepted"),
        "keyid": (key_id, "the bare key identifier, to be accepted"),
        "wrong": (lambda case: der.octets(bytes.fromhex("30168014") + bytes(20)),
                  "the AKI of another issuer"),
        "empty": (lambda case: b"", "an empty idevid-issuer"),
    }  # fmt: skip
    for form, (value, text) in forms.items():
        setting(f"voucher-issuer-{form}", "idevid-issuer",
                lambda case, value=value: voucher.b64(value(case)),
                f"idevid-issuer: {text}")  # fmt: skip


_issuer_forms()


@fault("voucher-duplicate-member", MASA, "members", "two serial numbers, the last one right")
def _duplicate(members: list, case) -> list:
    return [("serial-number", "SN-0002")] + members


# ---- content


@fault("voucher-json-nul", MASA, "content", "a NUL behind the JSON document")
def _nul(content: bytes, case) -> bytes:
    return content + b"\0"


@fault("voucher-json-trailing", MASA, "content", "a second document behind the first")
def _second_document(content: bytes, case) -> bytes:
    return content + content


@fault("voucher-json-utf8", MASA, "content", "a string that is not UTF-8")
def _not_utf8(content: bytes, case) -> bytes:
    return content.replace(b'{"created-on"', b'{"example:x":"\xff\xfe","created-on"')


@fault("voucher-not-json", MASA, "content", "the signed content is no JSON")
def _not_json(content: bytes, case) -> bytes:
    return b"<voucher/>"


@fault("voucher-json-array", MASA, "content", "the root is an array")
def _array(content: bytes, case) -> bytes:
    return b"[" + content + b"]"


@fault("voucher-root", MASA, "content", "the root member is that of a request")
def _root(content: bytes, case) -> bytes:
    return content.replace(voucher.VOUCHER_ROOT.encode(), voucher.REQUEST_ROOT.encode())


@fault("voucher-empty-content", MASA, "content", "signed, but there is nothing in it")
def _empty_content(content: bytes, case) -> bytes:
    return b""


# ---- message


def _signed_by(name: str, file: str, text: str) -> None:
    def bend(message: cms.Message, case) -> cms.Message:
        signer = case.identity(file)
        root = pki.read_certs(case.directory / f"{file.rsplit('-', 1)[0]}-root.pem") \
            if file.endswith(("rogue-signer", "clone-signer")) else []  # fmt: skip
        return replace(message, signers=(cms.Signer(signer),), certs=(*signer.certs, *root))

    declare(name, MASA, text, "message", bend)


_signed_by("voucher-other-masa", "masa/rogue-signer",
           "signed by another manufacturer's MASA, root included")  # fmt: skip
_signed_by("voucher-cloned-masa", "masa/clone-signer",
           "signed below a root with the MASA's name and key identifier but another key"
           )  # fmt: skip
_signed_by("voucher-expired-signer", "masa/expired-signer", "the signer's certificate has expired")
_signed_by("voucher-by-registrar", "domain/registrar-p256", "signed by the registrar itself")
_signed_by("voucher-by-device", "device/idevid-serial-0002",
           "signed by another device of the manufacturer")  # fmt: skip
_signed_by("voucher-by-web", "manufacturer/voucher-signer",
           "signed by the manufacturer's web server, below the CA of its devices")  # fmt: skip
_signed_by("voucher-by-client", "manufacturer/client",
           "signed by a TLS client of the manufacturer")  # fmt: skip


def _resigning(name: str, text: str, **change) -> None:
    """A fault in how the one signer signs."""
    declare(name, MASA, text, "message", lambda message, case: replace(
        message, signers=tuple(replace(s, **change) for s in message.signers)))  # fmt: skip


_resigning("voucher-no-signedattrs", "no signed attributes", signed_attrs=False)
_resigning("voucher-ct-mismatch", "contentType attribute id-data", claimed_type=cms.ID_DATA)
_resigning("voucher-digest-mismatch", "messageDigest of something else", wrong_digest=True)
_resigning("voucher-sha1", "signed with SHA-1", digest="sha1")
_resigning("voucher-sha384", "signed with SHA-384, to be accepted", digest="sha384")
_resigning("voucher-bad-signature", "one bit of the signature is wrong", flip=True)


@fault("voucher-sid", MASA, "message", "the signer's name and serial are another certificate's")
def _sid(message: cms.Message, case) -> cms.Message:
    other = case.identity("masa/sub")
    return replace(message, signers=tuple(replace(s, sid_of=other) for s in message.signers))


@fault("voucher-iddata", MASA, "message", "eContentType id-data, to be accepted")
def _id_data(message: cms.Message, case) -> cms.Message:
    return replace(message, content_type=cms.ID_DATA)


@fault("voucher-iddata-no-signedattrs", MASA, "message", "id-data without signed attributes")
def _id_data_bare(message: cms.Message, case) -> cms.Message:
    signers = tuple(replace(s, signed_attrs=False) for s in message.signers)
    return replace(message, content_type=cms.ID_DATA, signers=signers)


@fault("voucher-econtent-other", MASA, "message", "the eContentType of something else entirely")
def _other_type(message: cms.Message, case) -> cms.Message:
    return replace(message, content_type="1.2.840.113549.1.9.16.1.4")


@fault("voucher-two-signers", MASA, "message", "a second, foreign signer")
def _two_signers(message: cms.Message, case) -> cms.Message:
    rogue = case.identity("masa/rogue-signer")
    return replace(
        message, signers=(*message.signers, cms.Signer(rogue)), certs=(*message.certs, rogue.cert)
    )  # fmt: skip


@fault("voucher-no-signers", MASA, "message", "certificates only, nobody signs")
def _no_signers(message: cms.Message, case) -> cms.Message:
    return replace(message, signers=())


@fault("voucher-masa-chain-missing", MASA, "message", "the intermediate is left out")
def _no_chain(message: cms.Message, case) -> cms.Message:
    signer = case.identity("masa/signer")
    return replace(message, signers=(cms.Signer(signer),), certs=(signer.cert,))


@fault("voucher-no-certs", MASA, "message", "no certificates at all")
def _no_certs(message: cms.Message, case) -> cms.Message:
    return replace(message, certs=())


@fault("voucher-many-certs", MASA, "message", "fifty certificates")
def _many_certs(message: cms.Message, case) -> cms.Message:
    stray = pki.read_certs(case.directory / "other/root.pem")
    return replace(message, certs=(*message.certs, *stray * 50))


@fault("voucher-root-included", MASA, "message", "the MASA's root among them, to be accepted")
def _root_included(message: cms.Message, case) -> cms.Message:
    root = pki.read_certs(case.directory / "masa/root.pem")
    return replace(message, certs=(*message.certs, *root))


# ---- bytes and answer


@fault("voucher-ber", MASA, "bytes", "BER with indefinite lengths")
def _ber(data: bytes, message: cms.Message) -> bytes:
    return cms.write_ber(message)


@fault("voucher-trailing", MASA, "bytes", "one byte too many")
def _trailing(data: bytes, message: cms.Message) -> bytes:
    return data + b"\0"


@fault("voucher-truncated", MASA, "bytes", "the second half is missing")
def _truncated(data: bytes, message: cms.Message) -> bytes:
    return data[: len(data) // 2]


@fault("voucher-garbage", MASA, "bytes", "512 bytes of something")
def _garbage(data: bytes, message: cms.Message) -> bytes:
    return bytes(range(256)) * 2


@fault("voucher-empty", MASA, "bytes", "status 200 and an empty body")
def _empty(data: bytes, message: cms.Message) -> bytes:
    return b""


@fault("voucher-base64", MASA, "bytes", "base64, as one dialect does")
def _base64(data: bytes, message: cms.Message) -> bytes:
    return base64.encodebytes(data)


@fault("voucher-unsigned", MASA, "bytes", "the bare JSON document")
def _unsigned(data: bytes, message: cms.Message) -> bytes:
    return message.content


@fault("voucher-bombed", MASA, "bytes", "a length of four gigabytes and nothing behind it")
def _bomb(data: bytes, message: cms.Message) -> bytes:
    return bytes.fromhex("3084ffffffff06092a864886f70d010702")


def _media_type(name: str, media_type: str | None, text: str) -> None:
    declare(name, MASA, text, "answer", lambda answer: replace(answer, media_type=media_type))


_media_type("voucher-media-type", "text/html", "sent as text/html")
_media_type("voucher-media-type-cose", "application/voucher+cose", "sent as a COSE voucher")
_media_type("voucher-media-type-missing", None, "sent without a Content-Type")
_media_type("voucher-media-type-parameter", f"{voucher.MEDIA_TYPE}; charset=utf-8",
            "the media type with a parameter and in its usual case")  # fmt: skip
