# SPDX-License-Identifier: GPL-2.0-or-later
"""Every operation that `onramp cmp` is run through against the lab's CA, and how it must end.

The onboarding agent's own scenarios are in scenarios.py; here is what it never does: MAC
protection, keys made by the CA, requests of every kind, each delayed and confirmed in every way.
A fault of the CA that needs such an operation and has no row here fails the lab's own tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import toollarge
import toolstory
from onlab import cafaults
from onlab.cafaults import REGISTER, of_scene
from onlab.envelope import FORMS

ANY = "*"  # any failure that belongs to the peer
SECRET, REFERENCE = "correct horse battery staple", "SN-0001"
NEW_SUBJECT = "/O=Example Domain/serialNumber=SN-0001"
MACS = ("pbm", "pbmac1")


@dataclass(frozen=True)
class Tool:
    """One command line of `onramp cmp`, and its judgement."""

    name: str
    operation: str
    by: str = "signature"  # or one of MACS
    ca: tuple[str, ...] = ()  # options of `lab ca`
    exits: frozenset[str] = frozenset({"OK"})
    arguments: tuple[str, ...] = ()
    device: str = ""  # who signs; by the operation if nothing is said
    confirms: bool | None = None  # whether there must be a certConf
    polls: int | None = None  # so many pollReq
    transactions: int | None = 1
    issued: int | None = None
    keyless: bool = False  # the CA makes the key
    root: str = "domain/root"  # getrootupdate: the old one
    rejects: bool = False  # on purpose
    struck: str = ""  # this certificate has been revoked before
    retries: int = 0
    revoked: str | None = None  # --crl: the list of the domain's CA names this certificate
    holds: bool = False  # getcrls: the list that there is
    fault: str = ""  # the CA's
    says: tuple[str, ...] = ()  # words of its output
    killed: bool = False  # once, while waiting, and started again
    forgets: bool = False  # meanwhile the CA loses all transactions
    story: Callable | None = None  # several lines: see toolstory.py
    seconds: int = 30
    slow: bool = False

    @property
    def certifies(self) -> bool:
        return self.operation in CERTIFIES


CERTIFIES = {"ir", "cr", "p10cr", "kur"}
INFORMS = {"getcacerts", "getrootupdate", "getcertreqtemplate", "getcrls"}
ROWS: list[Tool] = []


def add(name: str, operation: str, **more) -> None:
    exits = frozenset(more.pop("exits", "OK").split())
    by = more.get("by", "signature")
    secret = ("--cmp-secret", SECRET) if by in MACS else ()
    ca = (*secret, *more.pop("ca", ()))
    ROWS.append(Tool(f"tool-{name}", operation, ca=ca, exits=exits, **more))


# ---- the straight way, in all its variants

DELAYS = {"direct": (), "waiting": ("--cmp-wait", "2", "--cmp-check-after", "1"),
          "error-waiting": ("--cmp-wait", "2", "--cmp-check-after", "1",
                            "--cmp-wait-by", "error")}  # fmt: skip

for _operation in ("ir", "cr", "p10cr", "kur"):
    for _by in ("signature", *MACS) if _operation != "kur" else ("signature",):
        for _delay, _words in DELAYS.items():
            for _confirm in ("implicit", "certconf"):
                _implicit = _confirm == "implicit"
                add(f"{_operation}-{_by}-{_delay}-{_confirm}", _operation, by=_by, ca=_words,
                    arguments=("--implicit-confirm",) if _implicit else (),
                    confirms=not _implicit, polls=2 if _words else 0, issued=1)  # fmt: skip

for _delay in ("direct", "error-waiting"):
    _words = (*DELAYS[_delay], "--cmp-wait-on", "all")
    _polls = 0 if _delay == "direct" else 2
    add(f"rr-{_delay}", "rr", ca=_words, polls=_polls)
    for _operation in sorted(INFORMS):
        for _by in ("signature", *MACS):
            add(f"{_operation}-{_by}-{_delay}", _operation, by=_by, polls=_polls,
                ca=(*_words, "--cmp-template", "basic"))  # fmt: skip
for _operation, _by in (("ir", "signature"), ("kur", "signature"), ("p10cr", "pbmac1")):
    add(f"{_operation}-{_by}-certconf-waiting", _operation, by=_by, confirms=True, polls=2,
        ca=(*DELAYS["waiting"], "--cmp-wait-on", "certconf"), issued=1)  # fmt: skip

for _reason in ("keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation",
                "certificateHold", "privilegeWithdrawn"):  # fmt: skip
    add(f"rr-{_reason}", "rr", arguments=("--revreason", _reason))

# ---- what differs between servers

add("ir-explicit", "ir", ca=("--cmp-confirm", "explicit"), arguments=("--implicit-confirm",),
    confirms=True, issued=1)  # fmt: skip
for _signer in ("ca", "registrar", "alternate"):
    add(f"ir-signer-{_signer}", "ir", ca=("--cmp-signer", _signer, *DELAYS["waiting"]), polls=2,
        confirms=True, issued=1)  # fmt: skip
for _key in ("p384", "rsa"):
    add(f"ir-signer-{_key}", "ir", ca=("--cmp-signer", f"domain/registrar-{_key}"), issued=1,
        confirms=True)  # fmt: skip
    add(f"ir-device-{_key}", "ir", device=f"device/idevid-{_key}", issued=1)
add("ir-device-p521", "ir", device="device/idevid-p521-agree", issued=1)
# the operation's place: named by the operator, below a name, or nowhere but at the bare path
add("ir-label", "ir", arguments=("--label", "initialization"), issued=1, confirms=True)
add("ir-label-of-another", "ir", arguments=("--label", "revocation"), exits="CMP_ERROR CMP_REJECTED",
    issued=0)  # fmt: skip
add("ir-label-and-template", "ir", arguments=("--label", "initialization", "--follow-template"),
    ca=("--cmp-template", "key-only"), issued=1, confirms=True, transactions=2)  # fmt: skip
add("ir-below-a-name", "ir", arguments=("--path", "/.well-known/cmp/p/lan"), issued=1,
    confirms=True)  # fmt: skip
add("ir-labels-short", "ir", arguments=("--labels", "short"), issued=1, confirms=True)
add("ir-labels-none", "ir", arguments=("--labels", "none"), issued=1, confirms=True)
for _number in ("-1", "0"):
    add(f"p10cr-id{_number}", "p10cr", confirms=True, issued=1, polls=2,
        ca=(f"--cmp-p10-id={_number}", *DELAYS["waiting"]))  # fmt: skip
    add(f"ir-poll-id{_number}", "ir", confirms=True, issued=1, polls=2,
        ca=(f"--cmp-poll-id={_number}", *DELAYS["error-waiting"]))  # fmt: skip
add("ir-final-nonce-original", "ir", ca=("--cmp-final-nonce", "original", *DELAYS["waiting"]),
    confirms=True, issued=1, polls=2)  # fmt: skip
add("rr-final-nonce-original", "rr", polls=2,
    ca=("--cmp-final-nonce", "original", "--cmp-wait-on", "all", *DELAYS["waiting"]))  # fmt: skip
for _asked, _answered in (("pbm", "pbmac1"), ("pbmac1", "pbm")):
    add(f"ir-{_asked}-answered-by-{_answered}", "ir", by=_asked, ca=("--cmp-mac-answer", _answered),
        confirms=True, issued=1)  # fmt: skip
add("ir-hash-alg", "ir", ca=("--cmp-hash-alg", "demanded", "--cmp-pvno", "strict"),
    arguments=("--hash-alg",), confirms=True, issued=1)  # fmt: skip
add("ir-hash-alg-refused", "ir", ca=("--cmp-hash-alg", "refused"), arguments=("--hash-alg",),
    exits="CMP_ERROR", issued=1)  # fmt: skip
add("ir-hash-alg-not-needed", "ir", ca=("--cmp-hash-alg", "refused", "--cmp-pvno", "strict"),
    confirms=True, issued=1)  # fmt: skip
add("ir-strict-pvno", "ir", ca=("--cmp-pvno", "strict", *DELAYS["waiting"]), confirms=True,
    issued=1, polls=2)  # fmt: skip
add("getrootupdate-short", "getrootupdate", ca=("--cmp-root-update", "short"))
add("getrootupdate-none", "getrootupdate", ca=("--cmp-root-update", "off"))
add("getrootupdate-announced", "getrootupdate", root="domain/hash-root")
add("getrootupdate-of-another", "getrootupdate", root="other/root")
add("getcacerts-none", "getcacerts", ca=("--cmp-cacerts", "none"))
add("getcertreqtemplate-none", "getcertreqtemplate", ca=("--cmp-template", "none"))
add("getcrls-none", "getcrls", ca=("--cmp-crl", "off"))
add("kur-revoked", "kur", struck="domain/device", exits="CMP_ERROR", issued=0)
add("cr-revoked", "cr", struck="domain/device", exits="CMP_ERROR", issued=0)
add("rr-revoked", "rr", struck="domain/device", exits="CMP_ERROR")
add("getcrls-none-newer", "getcrls", holds=True)
add("getcrls-older-than-held", "getcrls", holds=True, ca=("--fault", "cmp-crl-older"), exits="CRL")
add("ir-mac-not-taken", "ir", by="pbmac1", ca=("--cmp-secret", "another secret"), issued=0,
    exits="CMP_PROTECTION CMP_ERROR")  # fmt: skip
for _operation in ("ir", "kur"):
    add(f"{_operation}-reject", _operation, arguments=("--reject",), rejects=True, issued=1)

for _name in ("transactionIdInUse", "systemUnavail", "systemFailure"):
    for _kind in ("error", "rejection"):
        _fault = f"cmp-{_kind}-{_name}"
        add(f"ir-again-{_kind}-{_name}", "ir", ca=("--fault", f"{_fault}:1"), retries=1,
            transactions=2, confirms=True)  # fmt: skip
        add(f"ir-no-more-{_kind}-{_name}", "ir", ca=("--fault", _fault), exits="CMP_AGAIN",
            confirms=False, transactions=None)  # fmt: skip
# who signs the answers: RFC 5280 4.2.1.12, RFC 9480 2.2
for _operation in ("rr", "kur", "getcacerts"):
    _done = {"issued": 1} if _operation == "kur" else {}
    add(f"{_operation}-by-our-own-key", _operation, ca=("--cmp-signer", "domain/device"),
        device="domain/device", exits="CMP_SIGNER", says=("our own key",))  # fmt: skip
    for _signer in ("web", "registrar-noeku"):
        add(f"{_operation}-by-{_signer}", _operation, ca=("--cmp-signer", f"domain/{_signer}"),
            exits="CMP_SIGNER", says=("it is for something else",))  # fmt: skip
    for _signer in ("norole", "any-purpose"):
        add(f"{_operation}-by-{_signer}", _operation, ca=("--cmp-signer", f"domain/{_signer}"),
            says=("warning: the signer",), **_done)  # fmt: skip
        add(f"{_operation}-by-{_signer}-role-required", _operation, exits="CMP_SIGNER",
            ca=("--cmp-signer", f"domain/{_signer}"), arguments=("--require-role",),
            says=("id-kp-cmcRA",))  # fmt: skip
    for _signer in ("ra", "ca-signer", "registrar-noserverauth"):
        add(f"{_operation}-by-{_signer}-role-required", _operation,
            ca=("--cmp-signer", f"domain/{_signer}"), arguments=("--require-role",),
            **_done)  # fmt: skip
add("ir-signer-revoked", "ir", revoked="domain/ra", exits="REVOKED CMP_SIGNER", confirms=False)
add("ir-signer-not-revoked", "ir", revoked="domain/norole", issued=1)

# ---- keys made by the CA, RFC 9483 4.1.6

WHO_READS = {"ktri": ("device/idevid-rsa-encipher",),
             "kari": ("device/idevid-p256-agree", "device/idevid-p384-agree",
                      "device/idevid-p521-agree")}  # fmt: skip
for _form in FORMS:
    for _shape in ("rfc", "field"):
        _words = ("--cmp-keygen", _form, "--cmp-keygen-shape", _shape)
        if _form.startswith("pwri"):
            for _by in MACS:
                add(f"central-{_form}-{_by}-{_shape}", "ir", by=_by, keyless=True, issued=1,
                    ca=_words, arguments=("--central", "any"))  # fmt: skip
            continue
        for _device in WHO_READS[_form.partition("-")[0]]:
            _key = _device.rpartition("idevid-")[2].partition("-")[0]
            add(f"central-{_form}-{_key}-{_shape}", "ir", keyless=True, issued=1, ca=_words,
                arguments=("--central", "any"), device=_device)  # fmt: skip
for _kind in ("ec256", "ec384", "ec521", "rsa2048", "rsa3072"):
    add(f"central-kind-{_kind}", "ir", by="pbmac1", keyless=True, issued=1,
        ca=("--cmp-keygen", "on"), arguments=("--central", _kind))  # fmt: skip
for _operation in ("cr", "kur"):
    add(f"central-{_operation}", _operation, keyless=True, issued=1, ca=("--cmp-keygen", "on"),
        arguments=("--central", "any"), device="domain/device-agree")  # fmt: skip
add("central-waiting", "ir", by="pbmac1", keyless=True, issued=1, polls=2,
    ca=("--cmp-keygen", "on", "--cmp-pvno", "strict", *DELAYS["waiting"]),
    arguments=("--central", "any"))  # fmt: skip
add("central-not-offered", "ir", by="pbmac1", keyless=True, issued=0, exits="CMP_REJECTED",
    arguments=("--central", "any"))  # fmt: skip

# ---- misbehaviour: the CA's own table says what a sound end entity makes of each fault

SCENE_EXITS = {
    cafaults.MAC_SCENE: "CMP_PROTECTION", cafaults.TOOL_SCENE: "CMP_REJECTED",
    cafaults.ROOT_SCENE: "ROOT_UPDATE", cafaults.HASH_SCENE: "ROOT_UPDATE",
    cafaults.CRL_SCENE: "CRL", cafaults.REVOKE_SCENE: "CMP_CONTENT",
    cafaults.KEY_SCENE: "KEY_DELIVERY",
}  # fmt: skip
EXITS = {  # where another is due than the scene's
    **dict.fromkeys(("cmp-root-ber", "cmp-root-empty", "cmp-root-trailing", "cmp-root-two",
                     "cmp-crl-none", "cmp-crl-trailing", "cmp-crl-two", "cmp-rp-garbage",
                     "cmp-rp-none", "cmp-rp-two", "cmp-body-unknown", "cmp-sender-nonce-huge",
                     "cmp-message-time-garbage"), "CMP_SYNTAX"),
    "cmp-unprotected-unavail": "CMP_AGAIN",
    "cmp-key-encrypted-value": "CMP_SYNTAX", "cmp-root-type": "CMP_CONTENT",
    "cmp-crl-type": "CMP_CONTENT", "cmp-crl-33mb": "TOO_BIG", "cmp-rp-error": "CMP_ERROR", "cmp-rp-kup": "CMP_BODY", "cmp-rp-rejection": "CMP_REJECTED",
}  # fmt: skip


def fault(name: str, operation: str, prefix: str = "", **more) -> None:
    verdict = REGISTER[name].verdict
    exits = EXITS.get(name, SCENE_EXITS.get(REGISTER[name].scene, ANY))
    exits = {"takes": "OK", "policy": f"OK {exits}"}.get(verdict, exits)
    exits = more.pop("exits", exits)
    ca = ("--fault", name, *more.pop("ca", ()))
    add(f"{prefix}{name}", operation, ca=ca, exits=exits, transactions=None, fault=name, **more)


for _name in of_scene(cafaults.MAC_SCENE):
    fault(_name, "ir", by="pbmac1", arguments=("--implicit-confirm",))
# Servers that sign whatever was asked: for the operator to accept (RFC 9483 3.2).
fault("cmp-mac-by-signature", "cr", "cr-", by="pbmac1", says=("answer is signed (",
      "the request was MAC-protected (PBMAC1): RFC 9483 3.2", "--accept-signed"))  # fmt: skip
fault("cmp-mac-by-signature", "cr", "accepted-", by="pbmac1", exits="OK",
      arguments=("--accept-signed",))  # fmt: skip
for _header, _exits in {
    "pvno": "CMP_VERSION", "transaction-id": "CMP_TRANSACTION", "body": "CMP_BODY",
    "sender-nonce": "CMP_NONCE", "recip-nonce": "CMP_NONCE", "protection": "CMP_PROTECTION",
    "message-time": "CMP_TIME", "unprotected": "CMP_ERROR", "general-info": ANY, "implicit": ANY,
}.items():  # fmt: skip
    for _name in of_scene(cafaults.ANY_SCENE):
        if _name.startswith(f"cmp-{_header}-"):
            EXITS.setdefault(_name, _exits)
            fault(_name, "ir", "by-mac-", by="pbmac1")

# The certificate is judged alike, whatever it was asked for by and with.
ISSUED = {
    "wrong-key": "ISSUED_KEY", "wrong-subject": "ISSUED_SUBJECT", "no-subject": "ISSUED_SUBJECT",
    "wrong-key-usage": "ISSUED_USAGE", "expired": "ISSUED_TIME", "not-yet-valid": "ISSUED_TIME",
    "backwards": "ISSUED_TIME", "ca": "ISSUED_USAGE", "other-pki": "ISSUED_CHAIN",
    "cloned-issuer": "ISSUED_CHAIN", "bad-signature": "ISSUED_CHAIN", "critical": "ISSUED_CHAIN",
    "forever": "OK",
}  # fmt: skip
for _cert, _exits in ISSUED.items():
    _name = f"cmp-cert-{_cert}"
    for _operation, _by in (("ir", "pbmac1"), ("kur", "signature"), ("p10cr", "signature")):
        fault(_name, _operation, f"{_operation}-", by=_by, exits=_exits,
              rejects=_exits != "OK")  # fmt: skip
# The CA may change what an ir asks for; an update keeps its names (RFC 9483 4.1.3).
MODS = ("--fault", "cmp-status-mods")
fault("cmp-cert-wrong-subject", "kur", "kur-mods-", ca=MODS, exits="ISSUED_SUBJECT", rejects=True)
for _by in ("signature", "pbmac1"):
    fault("cmp-cert-wrong-subject", "ir", f"ir-mods-{_by}-", by=_by, ca=MODS, exits="OK",
          says=("changed by the CA",))  # fmt: skip
# Under MAC caPubs bring the anchor: the right one, or none (RFC 9483 4.1.5, RFC 9480 2.24).
for _name in ("cmp-capubs-other", "cmp-capubs-clone", "cmp-capubs-ee"):
    fault(_name, "ir", "by-mac-", by="pbmac1", exits="ISSUED_CHAIN", rejects=True)
    fault(_name, "kur", "kur-", exits="OK")
    fault(_name, "cr", "cr-", exits="OK")
add("ir-mac-without-capubs", "ir", by="pbmac1", ca=("--cmp-capubs", "off"), exits="ISSUED_CHAIN",
    rejects=True)  # fmt: skip
for _name, _exits in (("garbage", "CMP_SYNTAX"), ("error", "CMP_ERROR"), ("ip", "CMP_BODY")):
    fault(f"cmp-pkiconf-{_name}", "kur", "kur-", exits=_exits)
for _name in of_scene(cafaults.TOOL_SCENE):
    fault(_name, "cr")
for _name in of_scene(cafaults.ROOT_SCENE):
    fault(_name, "getrootupdate")
for _name in of_scene(cafaults.HASH_SCENE):
    fault(_name, "getrootupdate", root="domain/hash-root")
for _name in of_scene(cafaults.CRL_SCENE):
    fault(_name, "getcrls")
for _name in of_scene(cafaults.REVOKE_SCENE):
    fault(_name, "rr")
for _name in of_scene(cafaults.KEY_SCENE):
    _form = REGISTER[_name].options["keygen"]
    _central = {"keyless": True, "arguments": ("--central", "any", "--implicit-confirm")}
    # RFC 9483 4.1.6: under MAC the secret vouches for the KGA, else its certificate must.
    _of_authority = _name.startswith("cmp-key-kga-") or _name == "cmp-key-no-certificates"
    _exits = {"exits": "KEY_DELIVERY"} if _of_authority else {}
    if _form in ("on", "kari"):
        fault(_name, "ir", "kari-", device="device/idevid-p256-agree", **_central, **_exits)
    if _form.startswith("ktri"):
        fault(_name, "ir", "ktri-", device="device/idevid-rsa-encipher", **_central)
    if _form == "on" or _form.startswith("pwri"):
        fault(_name, "ir", "pwri-", by="pbmac1", **_central)

# ---- a transaction that outlives its process

PATIENCE = ("--cmp-wait", "3", "--cmp-check-after", "1")
for _by in ("signature", *MACS):
    add(f"killed-while-waiting-{_by}", "ir", by=_by, killed=True, issued=1, confirms=True,
        ca=PATIENCE)  # fmt: skip
for _operation in ("cr", "p10cr", "kur"):
    add(f"killed-while-waiting-{_operation}", _operation, killed=True, issued=1, ca=PATIENCE)
add("killed-while-waiting-by-error", "ir", killed=True, issued=1,
    ca=(*PATIENCE, "--cmp-wait-by", "error"))  # fmt: skip
add("killed-while-waiting-implicit", "ir", killed=True, issued=1, confirms=False, ca=PATIENCE,
    arguments=("--implicit-confirm",))  # fmt: skip
add("killed-while-waiting-central", "ir", by="pbmac1", killed=True, issued=1, keyless=True,
    ca=(*PATIENCE, "--cmp-keygen", "on"), arguments=("--central", "any"))  # fmt: skip
add("killed-while-confirming", "ir", killed=True, issued=1, confirms=True,
    ca=(*PATIENCE, "--cmp-wait-on", "certconf"))  # fmt: skip
add("killed-and-forgotten", "ir", killed=True, forgets=True, issued=1, transactions=2, ca=PATIENCE)


def uncovered() -> list[str]:
    """Faults of operations that are the tool's, and that no row shows."""
    used = {word for row in ROWS for word in row.ca}
    wanted = {name for name, fault in REGISTER.items() if fault.scene != cafaults.ANY_SCENE}
    return sorted(wanted - used)

# ---- several lines, one after the other

for _name, (_operation, _story, _words) in {**toolstory.STORIES, **toollarge.STORIES}.items():
    add(f"story-{_name}", _operation, ca=_words, story=_story, seconds=60)
