# SPDX-License-Identifier: GPL-2.0-or-later
"""Every scenario the agent is run through: what the lab does, and how it must end.

A fault of the lab without a row here fails the lab's own tests, so this table is also the list of
what has been thought through.  Names of exit statuses are those of platform/base/err.h.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import life
from onlab import cafaults, faults, httpfaults
from onlab.catemplate import OFFERS

ANY = "*"  # any failure that belongs to the peer
OWN = {"USAGE", "CONFIG", "IDENTITY", "STORE", "BUSY", "ENTROPY", "CRYPTO", "BUG", "MEMORY"}


@dataclass(frozen=True)
class Scenario:
    name: str
    lab: tuple[str, ...] = ()  # options of `lab up`
    exits: frozenset[str] = frozenset({"OK"})
    settings: Mapping[str, str] = field(default_factory=dict)
    device: str = "device/idevid-p256"
    arguments: tuple[str, ...] = ("--rounds", "1")
    told: tuple[tuple[str, bool], ...] = ()  # reports that must have been made
    trusts: bool = True  # may get beyond the voucher
    url: str = "{registrar}"
    before: tuple[str, ...] = ()  # registrars ahead of it: a URL, or options of another lab
    pvrs: tuple[int, int] | None = None  # how many voucher-requests, how many of them different
    issued: int | None = None  # certificates issued
    says: tuple[str, ...] = ()  # words of the log
    left: tuple[str, ...] = ()  # files in the state directory: a request is outstanding
    runs: int = 1
    story: Callable[[life.Life], int | None] | None = None  # instead of runs
    seconds: int = 45
    slow: bool = False


def fault_options(names) -> tuple[str, ...]:
    return tuple(word for name in names for word in ("--fault", name))


ROWS: list[Scenario] = []


def enrols(name: str, *fault_names: str, lab: tuple = (), **more) -> None:
    more.setdefault("issued", 1)
    ROWS.append(Scenario(name, (*fault_options(fault_names), *lab), **more))


def refuses(name: str, exits: str, *fault_names: str, lab: tuple = (), **more) -> None:
    """Ends without trust."""
    ROWS.append(Scenario(name, (*fault_options(fault_names), *lab), frozenset(exits.split()),
                         trusts=False, **more))  # fmt: skip


def fails(name: str, exits: str, *fault_names: str, lab: tuple = (), **more) -> None:
    """Ends after trust, without a certificate."""
    more.setdefault("told", (("voucher_status", True), ("enrollstatus", False)))
    ROWS.append(Scenario(name, (*fault_options(fault_names), *lab), frozenset(exits.split()),
                         **more))  # fmt: skip


VOUCHER_BAD = (("voucher_status", False),)


# ---- the straight way, in all its variants

enrols("plain", pvrs=(1, 1))
enrols("run-again", runs=2, pvrs=(1, 1))
for _device in ("p384", "rsa", "noaki"):
    enrols(f"device-{_device}", device=f"device/idevid-{_device}")
for _registrar in ("p384", "rsa", "noserverauth"):
    enrols(f"registrar-{_registrar}", lab=("--registrar", _registrar))
    enrols(f"registrar-{_registrar}-signs-cmp",
           lab=("--registrar", _registrar, "--cmp-signer", "registrar"))  # fmt: skip
for _version in ("1.2", "1.3"):
    enrols(f"tls-{_version}", lab=("--tls", _version))
    enrols(f"tls-{_version}-only", settings={"tls.version": _version})
refuses("tls-versions-apart", "TLS", lab=("--tls", "1.2"), settings={"tls.version": "1.3"})
for _key in ("ec384", "rsa2048", "rsa3072"):
    enrols(f"key-{_key}", settings={"lan.key_type": _key})
enrols("no-clock", settings={"main.trust_clock": "0"})
enrols("by-name", url="https://localhost:{port}")
enrols("masa-signs-directly", lab=("--masa-signer", "signer-direct"))
enrols("voucher-econtent-data", lab=("--econtent", "data"))
enrols("this-device-only", lab=("--require-serial", "SN-0001"))
for _assertion in ("verified", "logged", "proximity", "agent-proximity"):
    enrols(f"assertion-{_assertion}", lab=("--assertion", _assertion))
refuses("assertion-unknown", "VOUCHER_ASSERTION", lab=("--assertion", "Proximity"),
        told=VOUCHER_BAD)  # fmt: skip
refuses("another-device-only", "REG_UNKNOWN", lab=("--require-serial", "SN-0002"))

# ---- pins

enrols("pin-domain-sub", lab=("--pin", "domain-sub"))
enrols("pin-several", lab=("--pin", "several"))
# Only messages of the very key that is pinned verify, and only caPubs can bring an anchor then:
# caCerts are no anchors (RFC 9483 4.3.1).
BY_REGISTRAR = ("--cmp-signer", "registrar", "--cmp-capubs", "on")
for _pin in ("registrar-ee", "registrar-selfsigned", "pubk", "pubk-sha256"):
    enrols(f"pin-{_pin}", lab=("--pin", _pin, *BY_REGISTRAR))
    fails(f"pin-{_pin}-without-anchor", "ISSUED_CHAIN",
          lab=("--pin", _pin, "--cmp-signer", "registrar", "--cmp-cacerts", "both"))  # fmt: skip
    fails(f"pin-{_pin}-but-ra-signs", "CMP_SIGNER", lab=("--pin", _pin))
for _pin in ("registrar-ee", "pubk", "pubk-sha256"):
    enrols(f"pin-{_pin}-renewed-registrar", "tls-renewed-cert-after-pin",
           lab=("--pin", _pin, *BY_REGISTRAR))  # fmt: skip
    fails(f"pin-{_pin}-other-registrar-later", "PEER_CHANGED PIN", "tls-other-cert-after-pin",
          lab=("--pin", _pin), told=())  # fmt: skip
refuses("registrar-selfsigned-pin-of-domain", "PIN", "voucher-pin-root",
        lab=("--registrar", "selfsigned"), told=VOUCHER_BAD)  # fmt: skip
refuses("registrar-clone", "PIN CERT_CHAIN", "voucher-pin-root", lab=("--registrar", "clone"),
        told=VOUCHER_BAD)  # fmt: skip
refuses("registrar-below-ee", "PIN CERT_CA", lab=("--registrar", "below-ee"), told=VOUCHER_BAD)
refuses("registrar-expired", "PIN CERT_TIME", lab=("--registrar", "expired"), told=VOUCHER_BAD)
refuses("registrar-expired-no-clock", "PIN CERT_TIME", lab=("--registrar", "expired"),
        settings={"main.trust_clock": "0"}, told=VOUCHER_BAD)  # fmt: skip
refuses("registrar-not-yet", "PIN CERT_TIME", lab=("--registrar", "notyet"), told=VOUCHER_BAD)
enrols("registrar-not-yet-no-clock", lab=("--registrar", "notyet"),
       settings={"main.trust_clock": "0"})  # fmt: skip
# RFC 7030 3.6.1: a name that the operator wrote down does without cmcRA.
enrols("registrar-noeku-by-name", "registrar-noeku", url="https://localhost:{port}")
enrols("registrar-noeku-signs-cmp", "registrar-noeku", url="https://localhost:{port}",
       lab=("--cmp-signer", "domain/registrar-noeku"))  # fmt: skip
enrols("registrar-noeku-by-address", "registrar-by-address")
refuses("registrar-noeku-not-by-address", "PIN_ROLE", "registrar-by-address",
        url="https://localhost:{port}", told=VOUCHER_BAD)  # fmt: skip
# Nor does an address that a redirect led to: it is nobody's word.
refuses("registrar-noeku-redirected", "PIN_ROLE", "registrar-by-address",
        "http-redirect-other-origin", told=VOUCHER_BAD)  # fmt: skip
# The name alone does not do: what the certificate is for counts, too.
for _url in ("https://localhost:{port}", "{registrar}"):
    refuses(f"registrar-clientonly-{'by-name' if 'port' in _url else 'by-address'}", "PIN_ROLE",
            "registrar-clientonly", url=_url, told=VOUCHER_BAD, says=("serverAuth",))  # fmt: skip
refuses("registrar-noeku-elsewhere", "PIN_ROLE", "registrar-noeku-elsewhere",
        url="https://localhost:{port}", told=VOUCHER_BAD)  # fmt: skip

# ---- vouchers

ACCEPTED_VOUCHERS = (
    "voucher-nonce-base64url", "voucher-expires-and-nonce", "voucher-created-fraction",
    "voucher-revocation-string", "voucher-unknown-member", "voucher-no-assertion",
    "voucher-no-created", "voucher-sha384", "voucher-iddata", "voucher-root-included",
    "voucher-pin-root", "voucher-issuer-aki-ext", "voucher-issuer-aki-content",
    "voucher-issuer-keyid", "voucher-media-type-parameter", "voucher-nonceless-expires",
    "masa-lenient",
)  # fmt: skip
REFUSED_VOUCHERS = {
    "voucher-serial": "VOUCHER_SERIAL",
    "voucher-serial-case": "VOUCHER_SERIAL",
    "voucher-serial-type": "VOUCHER_SYNTAX",
    "voucher-no-serial": "VOUCHER_SYNTAX VOUCHER_SERIAL",
    "voucher-nonce": "VOUCHER_NONCE",
    "voucher-nonce-short": "VOUCHER_NONCE",
    "voucher-no-nonce": "VOUCHER_NONCE",
    "voucher-nonceless-expired": "VOUCHER_EXPIRED",
    "voucher-expired": "VOUCHER_EXPIRED",
    "voucher-future": "VOUCHER_DATE",
    "voucher-created-garbage": "VOUCHER_SYNTAX VOUCHER_DATE",
    "voucher-assertion-unknown": "VOUCHER_ASSERTION",
    "voucher-revocation-true": "VOUCHER_REVOKED",
    "voucher-issuer-wrong": "VOUCHER_ISSUER",
    "voucher-issuer-empty": "VOUCHER_ISSUER VOUCHER_SYNTAX",
    "voucher-no-pin": "VOUCHER_NO_PIN",
    "voucher-pin-garbage": "VOUCHER_SYNTAX VOUCHER_NO_PIN PIN",
    "voucher-pin-not-base64": "VOUCHER_SYNTAX VOUCHER_NO_PIN",
    "voucher-wrong-pin": "PIN",
    "voucher-wrong-pin-ee": "PIN",
    "voucher-pin-issuing-ee": "PIN",
    "voucher-deep": "VOUCHER_SYNTAX",
    "voucher-duplicate-member": "VOUCHER_SYNTAX",
    "voucher-json-nul": "VOUCHER_SYNTAX",
    "voucher-json-trailing": "VOUCHER_SYNTAX",
    "voucher-json-utf8": "VOUCHER_SYNTAX",
    "voucher-json-array": "VOUCHER_SYNTAX",
    "voucher-not-json": "VOUCHER_SYNTAX",
    "voucher-root": "VOUCHER_SYNTAX",
    "voucher-empty-content": "VOUCHER_SYNTAX",
    "voucher-other-masa": "VOUCHER_SIGNER",
    "voucher-cloned-masa": "VOUCHER_SIGNER VOUCHER_SIGNATURE",
    "voucher-expired-signer": "CERT_TIME",
    "voucher-by-registrar": "VOUCHER_SIGNER",
    "voucher-by-device": "VOUCHER_SIGNER",
    "voucher-masa-chain-missing": "VOUCHER_SIGNER",
    "voucher-no-certs": "VOUCHER_SIGNER VOUCHER_SIGNATURE",
    "voucher-sid": "VOUCHER_SIGNER VOUCHER_SIGNATURE",
    "voucher-no-signedattrs": "VOUCHER_SYNTAX VOUCHER_SIGNATURE",
    "voucher-iddata-no-signedattrs": "VOUCHER_SYNTAX VOUCHER_SIGNATURE",
    "voucher-ct-mismatch": "VOUCHER_SYNTAX VOUCHER_SIGNATURE",
    "voucher-digest-mismatch": "VOUCHER_SIGNATURE",
    "voucher-bad-signature": "VOUCHER_SIGNATURE",
    "voucher-sha1": "VOUCHER_SIGNATURE ALGORITHM",
    "voucher-econtent-other": "VOUCHER_SYNTAX VOUCHER_SIGNATURE",
    "voucher-two-signers": "VOUCHER_SYNTAX VOUCHER_SIGNATURE",
    "voucher-no-signers": "VOUCHER_SYNTAX VOUCHER_SIGNATURE",
    "voucher-many-certs": "VOUCHER_SYNTAX VOUCHER_SIGNATURE",
    "voucher-ber": "VOUCHER_SYNTAX",
    "voucher-trailing": "VOUCHER_SYNTAX",
    "voucher-truncated": "VOUCHER_SYNTAX",
    "voucher-garbage": "VOUCHER_SYNTAX",
    "voucher-base64": "VOUCHER_SYNTAX",
    "voucher-unsigned": "VOUCHER_SYNTAX",
    "voucher-bombed": "VOUCHER_SYNTAX",
}
# There is nothing yet to report on: what came cannot be a voucher.
REFUSED_ANSWERS = {
    "voucher-empty": "REG_STATUS",
    "voucher-huge": "TOO_BIG",
    "voucher-media-type": "MEDIA_TYPE",
    "voucher-media-type-cose": "MEDIA_TYPE",
    "voucher-media-type-missing": "MEDIA_TYPE",
}
for _name in ACCEPTED_VOUCHERS:
    enrols(_name, _name)
for _name, _exits in REFUSED_VOUCHERS.items():
    refuses(_name, _exits, _name, told=VOUCHER_BAD)
for _name, _exits in REFUSED_ANSWERS.items():
    refuses(_name, _exits, _name)
# The manufacturer has one CA for its devices, its MASA and its web server.
ONE_CA = {"idevid.masa_trust": "/factory/maker.pem"}
enrols("one-ca-voucher-by-web", "voucher-by-web", settings=ONE_CA, says=("list masa_signer",))
for _signer, _why in (("device", "is a device"), ("client", "for TLS clients alone")):
    refuses(f"one-ca-voucher-by-{_signer}", "VOUCHER_SIGNER", f"voucher-by-{_signer}",
            settings=ONE_CA, told=VOUCHER_BAD, says=(_why,))  # fmt: skip
enrols("one-ca-signer-named", "voucher-by-web",
       settings={**ONE_CA, "idevid.masa_signer": "O=Example Devices,CN=masa.example"})  # fmt: skip
refuses("one-ca-another-signer-named", "VOUCHER_SIGNER", "voucher-by-web", told=VOUCHER_BAD,
        settings={**ONE_CA, "idevid.masa_signer": "O=Example Devices,CN=MASA"},
        says=("masa_signer",))  # fmt: skip
refuses("one-ca-device-named", "VOUCHER_SIGNER", "voucher-by-device", told=VOUCHER_BAD,
        settings={**ONE_CA, "idevid.masa_signer":
                  "O=Example Devices,CN=Router,serialNumber=SN-0002"})  # fmt: skip
enrols("voucher-no-nonce-allowed", "voucher-no-nonce", settings={"voucher.accept_nonceless": "1"})
refuses("nonceless-no-clock", "VOUCHER_NONCE", lab=("--nonceless",),
        settings={"main.trust_clock": "0"}, told=VOUCHER_BAD)  # fmt: skip
enrols("nonceless", lab=("--nonceless",))
# Without a clock nobody can tell; one signer's word alone must not make all else look over.
enrols("voucher-future-no-clock", "voucher-future", settings={"main.trust_clock": "0"})
refuses("voucher-issuer-wrong-noaki", "VOUCHER_ISSUER", "voucher-issuer-wrong",
        device="device/idevid-noaki", told=VOUCHER_BAD)  # fmt: skip
for _form in ("aki-ext", "aki-content", "keyid"):
    enrols(f"voucher-issuer-{_form}-noaki", f"voucher-issuer-{_form}",
           device="device/idevid-noaki")  # fmt: skip

# ---- the channel

refuses("registrar-imposter", "PIN_ROLE", "registrar-imposter", told=VOUCHER_BAD)
refuses("registrar-noeku", "PIN_ROLE", "registrar-noeku", told=VOUCHER_BAD)
refuses("mitm-relay", "REG_PROXIMITY", "mitm-relay")
refuses("mitm-voucher", "PIN", "mitm-voucher", told=VOUCHER_BAD)
enrols("tls-big-cert", "tls-big-cert")
for _name in ("close-in-handshake", "garbage", "plain", "alert", "old", "anonymous",
              "no-cert-possession", "long-chain"):  # fmt: skip
    refuses(f"tls-{_name}", "TLS TLS_REFUSED", f"tls-{_name}")
refuses("tls-stall", "TLS TIMEOUT", "tls-stall")
refuses("tls-endless-records", "TLS TIMEOUT", "tls-endless-records")
for _name in ("key-update", "key-update-answered", "key-update-packed",
              "key-update-packed-answered", "tickets", "warnings", "empty-data",
              "key-update-before", "empty-data-before", "between-data"):  # fmt: skip
    refuses(f"tls-flood-{_name}", "HTTP", f"tls-flood-{_name}")
for _name in ("empty-data", "warnings", "hello-request", "empty-data-before"):
    refuses(f"tls-flood-{_name}-1.2", "HTTP", f"tls-flood-{_name}", lab=("--tls", "1.2"))
for _name in ("key-update", "warnings", "hello-request"):
    refuses(f"tls-flood-{_name}-handshake", "TLS", f"tls-flood-{_name}-handshake")
for _name in ("key-update", "empty-data"):
    enrols(f"tls-flood-{_name}-idle", f"tls-flood-{_name}-idle:1", pvrs=(1, 1))
enrols("tls-flood-empty-data-idle-1.2", "tls-flood-empty-data-idle:1", lab=("--tls", "1.2"),
       pvrs=(1, 1))  # fmt: skip
refuses("nobody-there", "UNREACHABLE", url="https://127.0.0.1:1")
refuses("no-such-host", "UNREACHABLE", url="https://registrar.invalid:{port}")
enrols("conn-close-before-voucher-same", "conn-close-before-voucher-same", pvrs=(2, 1))
for _name in ("other", "renewed"):
    refuses(f"conn-close-before-voucher-{_name}-cert", "PEER_CHANGED",
            f"conn-close-before-voucher-{_name}-cert", left=("journal",))  # fmt: skip
enrols("conn-close-before-voucher-renewed-cert-then-anew", "conn-close-before-voucher-renewed-cert",
       arguments=("--rounds", "2"), pvrs=(2, 2))  # fmt: skip
enrols("conn-close-each-response", "conn-close-each-response")
enrols("conn-close-unannounced", "conn-close-unannounced")
enrols("tls-other-cert-after-pin", "tls-other-cert-after-pin")
enrols("tls-renewed-cert-after-pin", "tls-renewed-cert-after-pin")
enrols("cmp-other-cert", "cmp-other-cert")
for _name in ("tls-foreign-cert-after-pin", "tls-imposter-cert-after-pin"):
    fails(_name, "PEER_CHANGED PIN PIN_ROLE", _name, told=())
fails("cmp-foreign-cert", "PEER_CHANGED PIN", "cmp-foreign-cert", told=(("voucher_status", True),))

# ---- HTTP

MEANINGS = {400: "REG_MALFORMED", 401: "REG_PROXIMITY", 403: "REG_FORBIDDEN", 404: "REG_UNKNOWN",
            406: "REG_FORMAT", 415: "REG_FORMAT"}  # fmt: skip
for _code in httpfaults.STATUSES:
    _exit = "REG_TROUBLE" if _code >= 500 else MEANINGS.get(_code, "REG_STATUS")
    refuses(f"http-{_code}", _exit, f"http-{_code}")
    refuses(f"http-{_code}-long", f"{_exit} TOO_BIG", f"http-{_code}-long")
enrols("http-503-then-well", "http-503:1")
refuses("http-401-close", "REG_PROXIMITY", "http-401-close")
for _code in (201, 204, 206):
    refuses(f"http-{_code}", "REG_STATUS", f"http-{_code}")
refuses("http-999", "REG_STATUS HTTP", "http-999")
refuses("http-100", "TIMEOUT HTTP", "http-100", slow=True, seconds=100)
enrols("http-202-once", "http-202-once", pvrs=(2, 1))
enrols("http-202-thrice", "http-202-thrice", pvrs=(4, 1))
refuses("http-202-forever", "WAITING TIMEOUT", "http-202-forever", arguments=("--patience", "12"),
        left=("journal",))  # fmt: skip
for _name in ("no", "huge", "negative", "date", "garbage"):
    enrols(f"http-202-{_name}-retry", f"http-202-{_name}-retry", pvrs=(2, 1), slow=True,
           seconds=100)  # fmt: skip
for _code in (301, 302, 307, 308):
    enrols(f"http-{_code}-same", f"http-{_code}-same", pvrs=(2, 1))
for _code in (300, 303, 304, 305):
    refuses(f"http-{_code}", "REG_STATUS", f"http-{_code}")
enrols("http-redirect-slow", "http-redirect-slow", pvrs=(6, 1))
enrols("http-redirect-absolute", "http-redirect-absolute", pvrs=(2, 1))
enrols("http-redirect-other-origin", "http-redirect-other-origin", pvrs=(2, 2))
# A redirect's host is the network's word: RFC 7030 3.6.1 means a name that was configured.
refuses("http-redirect-to-a-name", "PIN_ROLE", "http-redirect-to-a-name", "masa-lenient",
        told=VOUCHER_BAD, pvrs=(2, 2))  # fmt: skip
enrols("http-redirect-no-path", "http-redirect-no-path", pvrs=(2, 2))
refuses("http-redirect-loop", "REDIRECT", "http-redirect-loop")
refuses("http-redirect-two-origins", "REDIRECT", "http-redirect-two-origins", pvrs=(2, 2))
for _name in ("plain", "no-location", "file", "userinfo"):
    refuses(f"http-redirect-{_name}", "REDIRECT", f"http-redirect-{_name}")
refuses("http-redirect-hostile", "REDIRECT HTTP", "http-redirect-hostile")
refuses("http-redirect-long", "REDIRECT TOO_BIG", "http-redirect-long")
for _name in ("stall-header", "stall-body", "trickle"):
    refuses(f"http-{_name}", "TIMEOUT", f"http-{_name}", slow=True, seconds=100)
for _name in ("huge-body", "chunked-huge", "huge-header", "long-line"):
    refuses(f"http-{_name}", "TOO_BIG", f"http-{_name}")
for _name in ("chunked-broken", "short-body", "two-lengths", "no-length-cut", "garbage", "0.9",
              "2", "close", "abort"):  # fmt: skip
    refuses(f"http-{_name}", "HTTP", f"http-{_name}")
for _name in ("slow", "chunked", "no-length", "interim"):
    enrols(f"http-{_name}", f"http-{_name}")
for _name in ("header-nul", "gzip", "surplus", "second-answer"):
    # To refuse is right; so is to take what was announced and never use the connection again.
    ROWS.append(Scenario(f"http-{_name}", fault_options([f"http-{_name}"]),
                         frozenset({"OK", "HTTP"})))  # fmt: skip
for _name in ("http-503", "http-surplus", "http-chunked", "http-short-body"):
    enrols(f"{_name}@voucher_status", f"{_name}@voucher_status")
for _name in ("404", "500", "hang", "close", "redirect", "huge"):
    # A report that came to grief may be missing; the certificate must not be.
    enrols(f"telemetry-{_name}", f"telemetry-{_name}", told=(("voucher_status", True),),
           seconds=90)  # fmt: skip
for _name in ("http-stall-header", "http-huge-body", "http-garbage", "http-403"):
    fails(f"{_name}@cmp", ANY, f"{_name}@cmp", told=(("voucher_status", True),),
          slow="stall" in _name, seconds=100)  # fmt: skip

# ---- CMP: the CA's own table says what a sound end entity makes of each fault

enrols("cmp-404-label", "cmp-404-label")
fails("cmp-404", "CMP_NONE", "cmp-404", issued=0)
for _name, _verdict in cafaults.of_scene(cafaults.ANY_SCENE).items():
    _told = (("voucher_status", True),)
    if _verdict == "takes":
        enrols(_name, _name)
    elif _verdict in ("ends", "rejects"):
        fails(_name, ANY, _name, told=_told, arguments=("--rounds", "1", "--patience", "25"))
    else:
        ROWS.append(Scenario(_name, fault_options([_name]), frozenset({"OK", ANY}), told=_told,
                             arguments=("--rounds", "1", "--patience", "25")))  # fmt: skip
for _confirm in ("implicit", "explicit"):
    enrols(f"cmp-confirm-{_confirm}", lab=("--cmp-confirm", _confirm))
enrols("cmp-confirm-explicitly-wanted", settings={"lan.confirm": "explicit"})
for _signer in ("ra", "ca", "registrar", "alternate"):
    enrols(f"cmp-signer-{_signer}", lab=("--cmp-signer", _signer))
enrols("cmp-signer-certs-first", lab=("--cmp-signer-certs", "first", "--cmp-confirm", "explicit"))
for _wait_on in ("certificate", "certconf", "genm", "all"):
    enrols(f"cmp-wait-on-{_wait_on}", lab=("--cmp-wait", "2", "--cmp-wait-on", _wait_on,
                                           "--cmp-confirm", "explicit"))  # fmt: skip
enrols("cmp-wait-by-error", lab=("--cmp-wait", "2", "--cmp-wait-by", "error"))
enrols("cmp-final-nonce-original", lab=("--cmp-wait", "1", "--cmp-final-nonce", "original"))
enrols("cmp-no-message-time", lab=("--cmp-message-time", "off"))
enrols("cmp-capubs", lab=("--cmp-capubs", "on"))
for _certs in ("sub", "root", "both", "none"):
    enrols(f"cmp-cacerts-{_certs}", lab=("--cmp-cacerts", _certs))
# Optional as they are, a CA that lacks them answers by an error, which its RA hands on; but what a
# profile of the operator's stands for is not given up for what anybody may have said.
enrols("cmp-no-genm", "cmp-error-badRequest@cacerts", "cmp-unprotected-error@template")
enrols("cmp-no-template-for-profile", "cmp-unprotected-error@cacerts",
       "cmp-error-badRequest@template", settings={"lan.profile": "lan"})  # fmt: skip
fails("cmp-template-denied-to-profile", "CMP_ERROR", "cmp-unprotected-error@template", issued=0,
      settings={"lan.profile": "lan"})  # fmt: skip
# What the agent has no key for it must say, not guess.
HARD_TEMPLATES = {"ed25519", "p521", "unsupported"}
for _offer in OFFERS:
    if any(word in _offer for word in HARD_TEMPLATES):
        ROWS.append(Scenario(f"cmp-template-{_offer}", ("--cmp-template", _offer),
                             frozenset({"OK", "CMP_TEMPLATE"})))  # fmt: skip
    else:
        enrols(f"cmp-template-{_offer}", lab=("--cmp-template", _offer))
enrols("cmp-profile", settings={"lan.profile": "lan"}, lab=("--cmp-template", "basic"))
fails("cmp-profile-unknown", ANY, settings={"lan.profile": "nosuch"}, issued=0)
for _labels in ("short", "none"):
    ROWS.append(Scenario(f"cmp-labels-{_labels}", (), frozenset({"OK", "CMP_NONE"}),
                         settings={"lan.labels": _labels}))  # fmt: skip
enrols("cmp-path-by-profile", settings={"lan.profile": "lan", "lan.profile_in_path": "1"})
fails("cmp-path-wrong", "CMP_NONE", settings={"lan.path": "/.well-known/nocmp"}, issued=0)

# ---- ourselves

refuses("disabled", "CONFIG", settings={"main.enabled": "0"})
refuses("no-registrar", "CONFIG", url="")
refuses("bad-url", "CONFIG", url="http://127.0.0.1:{port}")
refuses("idevid-missing", "IDENTITY CONFIG", settings={"idevid.cert": "/factory/nothing.pem"})
refuses("idevid-key-is-none", "IDENTITY", settings={"idevid.key": "/factory/idevid.pem"})
refuses("masa-anchor-missing", "IDENTITY CONFIG",
        settings={"idevid.masa_trust": "/factory/nothing.pem"})  # fmt: skip
refuses("idevid-noserial", "IDENTITY", device="device/idevid-noserial")
refuses("idevid-unknown", "TLS_REFUSED", device="device/idevid-unknown")
refuses("idevid-expired", "TLS_REFUSED IDENTITY", device="device/idevid-expired")

# ---- more than one registrar

enrols("second-after-dead", before=("https://127.0.0.1:1",))
enrols("second-after-waiting", before=("--fault http-202-forever",), pvrs=(2, 2))
enrols("second-after-imposter", before=("--fault registrar-imposter",), pvrs=(2, 2),
       told=(("voucher_status", False), ("voucher_status", True)))  # fmt: skip
enrols("second-after-ca-refused", before=("--fault cmp-rejection",), pvrs=(2, 2),
       told=(("enrollstatus", False), ("enrollstatus", True)))  # fmt: skip
refuses("both-bad", "VOUCHER_NONCE VOUCHER_SERIAL", "voucher-serial",
        before=("--fault voucher-nonce",), pvrs=(2, 2), told=VOUCHER_BAD)  # fmt: skip


# ---- the life of the certificate, and what a crash does to it

WAITING = ("--cmp-wait", "4", "--cmp-check-after", "1")
AT_ONCE = {"renew.share": "0", "renew.jitter": "0"}


def lives(name: str, story, *lab: str, **more) -> None:
    more.setdefault("seconds", 90)
    ROWS.append(Scenario(name, lab, story=story, **more))


lives("renew", life.renews)
lives("renew-explicitly", life.renews, "--cmp-confirm", "explicit")
for _pin in ("registrar-ee", "registrar-selfsigned", "pubk-sha256"):
    lives(f"renew-pin-{_pin}", life.renews, "--pin", _pin, *BY_REGISTRAR)
lives("renew-template", life.renews, "--cmp-template", "basic")
lives("renew-by-profile", life.renews_by_profile, "--cmp-template", "basic",
      settings={"renew.profile": "lan"})  # fmt: skip
lives("renew-in-time", life.serves, "--cmp-validity", "60",
      settings={"renew.share": "85", "renew.jitter": "0", "renew.margin": "0"})  # fmt: skip
lives("proxy", life.by_proxy)
lives("renew-with-the-least", life.renews_with_the_least)
lives("service-woken", life.wakes_the_service, seconds=50, pvrs=(2, 2))
lives("halted-for-a-moment", life.halted_for_a_moment, seconds=40)
lives("renew-fails", life.keeps_the_old)
lives("granted-otherwise", life.granted_otherwise,
      *fault_options(["cmp-cert-wrong-subject", "cmp-status-mods"]))  # fmt: skip
lives("renew-renamed", life.renamed)
lives("renew-fails-once", life.retries, settings=AT_ONCE)
lives("renew-another-owner", life.another_owner)
lives("renew-revoked-server", life.revoked_server,
      settings={"renew.crls": "1", "renew.enabled": "0"})  # fmt: skip
lives("renew-plain-http", life.plain_http)
lives("renew-ended", life.outlived, "--cmp-validity", "5")
lives("renew-ended-no-clock", life.outlived_unknowingly, "--cmp-validity", "3",
      settings={"main.trust_clock": "0"})  # fmt: skip
# The floor runs from notBefore, five minutes ago: 3 percent are 11 seconds of the service.
lives("renew-in-time-no-clock", life.serves, "--cmp-validity", "60",
      settings={"main.trust_clock": "0", "renew.share": "3", "renew.jitter": "0"})  # fmt: skip
lives("renew-blind", life.blind, "--cmp-validity", "5", slow=True, seconds=150,
      settings={"main.trust_clock": "0", "renew.share": "99", "renew.margin": "0"})  # fmt: skip
# A server of TLS 1.2 refuses an ended certificate before anything is taken up.
lives("renew-ended-waiting", life.outlived_while_waiting, "--cmp-validity", "6",
      settings={"tls.version": "1.2"})  # fmt: skip
lives("renew-killed", life.killed_while_renewing)
lives("renew-unread", life.unread_while_renewing)
lives("renew-cut-anywhere", life.cut_anywhere, seconds=400, slow=True)
lives("killed-anywhere", life.cut_anywhere_at_first, seconds=400, slow=True)
lives("killed-while-waiting", life.killed_while_enrolling, *WAITING)
lives("killed-while-confirming", life.killed_while_enrolling, *WAITING, "--cmp-wait-on", "certconf",
      "--cmp-confirm", "explicit")  # fmt: skip
lives("telemetry-foreign-cert", life.shows_nobody, "--fault", "telemetry-foreign-cert")
lives("killed-past-the-voucher", life.killed_past_the_voucher, *WAITING,
      *fault_options(["voucher-nonceless-expires-soon"]))  # fmt: skip
lives("killed-at-202", life.killed_at_202, *fault_options(["http-503:4", "http-202-once"]),
      pvrs=(7, 1))  # fmt: skip
lives("killed-at-202-elsewhere", life.killed_at_202_elsewhere,
      *fault_options(["http-202-thrice", "http-redirect-other-origin"]), pvrs=(4, 2))  # fmt: skip
lives("redirected-and-gone", life.redirected_and_gone, "--fault", "http-redirect-202-gone",
      pvrs=(3, 3))  # fmt: skip
lives("redirected-and-gone-at-once", life.redirected_and_gone_in_service, "--fault",
      "http-redirect-202-gone", pvrs=(3, 3))  # fmt: skip
lives("given-up-at-202", life.given_up_at_202, "--fault", "http-202-once", pvrs=(2, 1))
lives("stopped-connecting", life.stopped_while_connecting)
for _where, _words in (("in-handshake", "tls-stall"), ("waiting-for-answer", "http-stall-header"),
                       ("reading", "http-trickle"), ("pausing", "http-202-no-retry:9")):
    lives(f"stopped-{_where}", life.stopped_at_the_server, *fault_options([_words]))
lives("names-not-told", life.by_a_bad_name_server, seconds=240, slow=True)
lives("stopped-while-waiting", life.stopped_while_enrolling, *WAITING)
lives("stopped-in-a-flood", life.stopped_in_a_flood, "--fault", "tls-flood-dripping")
lives("away-while-waiting", life.away_while_waiting, *WAITING)
lives("out-of-patience", life.out_of_patience, "--cmp-wait", "2", "--cmp-check-after", "12")
lives("killed-and-away", life.away_after_the_kill, *WAITING)
lives("killed-when-confirmed", life.confirmed_before_the_cut)
lives("checked-meanwhile", life.checked_meanwhile, *WAITING)
lives("one-ca-signer-named-by-key", life.names_the_signer, *fault_options(["voucher-by-web"]),
      settings=ONE_CA)  # fmt: skip
lives("live-damaged", life.forgets_no_owner)
lives("killed-and-others", life.others_meanwhile,
      before=("--cmp-wait 500 --cmp-check-after 1",))  # fmt: skip
lives("killed-and-elsewhere", life.elsewhere, *WAITING)
lives("killed-and-forgotten", life.forgotten_by_the_ca, *WAITING)
lives("killed-journal-damaged", life.damaged_journal, *WAITING)
lives("killed-key-lost", life.lost_key, *WAITING)
lives("killed-generation-lost", life.lost_generation, *WAITING)
lives("killed-voucher-damaged", life.other_voucher, *WAITING)
lives("revoke", life.revokes)
lives("revoke-cut", life.cut_while_revoking)
lives("reset-revoke", life.resets_and_revokes)
lives("roots-and-crl", life.freshens, "--fault", "cmp-crl-long",
      settings={"renew.root_updates": "1", "renew.crls": "1", "renew.enabled": "0"})  # fmt: skip
lives("roots-and-crl-large", life.freshens, "--fault", "cmp-crl-5mb",
      settings={"renew.root_updates": "1", "renew.crls": "1", "renew.enabled": "0"})  # fmt: skip
lives("crl-too-large", life.keeps_no_huge_list, "--fault", "cmp-crl-33mb",
      settings={"renew.crls": "1", "renew.enabled": "0"})  # fmt: skip
lives("roots-and-crl-by-point", life.freshens, "--cmp-cdp", "on", "--cmp-crl-point", "on",
      settings={"renew.root_updates": "1", "renew.crls": "1", "renew.enabled": "0"})  # fmt: skip


def uncovered() -> list[str]:
    """Faults of the lab that no scenario shows, but those of operations that are the tool's."""
    used = {word.partition("@")[0].partition(":")[0] for row in ROWS for word in row.lab}
    elsewhere = {name for name, fault in cafaults.REGISTER.items()
                 if fault.scene != cafaults.ANY_SCENE}  # fmt: skip
    return sorted(set(faults.load_all()) - used - elsewhere)
