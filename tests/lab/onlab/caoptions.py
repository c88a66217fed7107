# SPDX-License-Identifier: GPL-2.0-or-later
"""The CA's options, one row each: `--cmp-NAME` on a command line, `name` in a dict."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onlab.catemplate import OFFERS
from onlab.envelope import FORMS


@dataclass(frozen=True)
class Option:
    name: str
    default: Any
    text: str
    choices: tuple[str, ...] | None = None


OPTIONS = (
    Option("confirm", "implicit", "grant implicit confirmation to who asks for it, or insist on "
           "certConf", ("implicit", "explicit")),
    Option("wait", 0, "answer `waiting` first; the certificate comes with the N-th pollReq"),
    Option("check-after", 1, "seconds a pollRep asks to wait"),
    Option("wait-on", "certificate", "which request is delayed",
           ("certificate", "certconf", "genm", "rr", "all")),
    Option("wait-by", "body", "say `waiting` in an ip, cp or kup (as RFC 9483 4.4 has it) or in "
           "an error message (as RFC 9480 2.19 allows)", ("body", "error")),
    Option("final-nonce", "last", "the late answer's recipNonce: of the last pollReq, or of the "
           "original request; RFC 9483 5.1.5 allows both", ("last", "original")),
    Option("signer", "ra", "who protects the answers: ra (cmcRA), ca (cmcCA), registrar, "
           "alternate (ra, but ca once there is a certificate), or a file's stem below DIR"),
    Option("signer-certs", "always", "extraCerts in pkiConf and pollRep, where they may be "
           "omitted", ("always", "first")),
    Option("secret", "", "take MAC protection under this secret (RFC 9483 4.1.5); else it is "
           "refused"),
    Option("reference", "SN-0001", "the name by which requesters mean that secret, and what they "
           "may be called"),
    Option("mac-answer", "same", "how the answers to MAC protection are protected: by the "
           "requester's scheme, or by this one", ("same", "pbm", "pbmac1")),
    Option("mac-sender", "reference", "what the sender may be under MAC: the reference as "
           "commonName, or any name", ("reference", "any")),
    Option("capubs", "mac", "send the domain's root in caPubs: always, never, or to who shares "
           "the secret", ("on", "off", "mac")),
    Option("cacerts", "sub", "what caCerts answers", ("sub", "root", "both", "none")),
    Option("keygen", "off", "make keys for who asks (RFC 9483 4.1.6): by the technique that fits "
           "the requester, or by this one, or not at all", ("off", "on", *FORMS)),
    Option("keygen-shape", "rfc", "what is in the envelope: by RFC 9483, or as servers in the "
           "field do (content type id-data, a bare PrivateKeyInfo)", ("rfc", "field")),
    Option("root-update", "on", "what getrootupdate answers: the root to come, without "
           "oldWithNew, or none", ("on", "short", "off")),
    Option("crl", "on", "what getcrls answers: the CRL if it is newer than the one held, or "
           "none", ("on", "off")),
    Option("crl-point", "off", "say in the CRL which distribution point it is of", ("on", "off")),
    Option("cdp", "off", "name the CRL's distribution point in certificates", ("on", "off")),
    Option("template", "none", "the template given out and insisted on",
           ("none", *OFFERS)),
    Option("template-check", "on", "refuse requests that deviate from the template",
           ("on", "off")),
    Option("profiles", "lan,wan", "names of certificate profiles, each NAME (uses --cmp-template) "
           "or NAME=TEMPLATE; every template's name is a profile too"),
    Option("subject", "device", "names given out: the device's own, or any", ("device", "any")),
    Option("validity", 90 * 86400, "seconds a certificate is valid"),
    Option("hash-alg", "tolerated", "hashAlg in certConf (RFC 9480 2.10)",
           ("tolerated", "demanded", "refused")),
    Option("pvno", "liberal", "take pvno 3 anywhere, or only where RFC 9483 3.1 wants it",
           ("liberal", "strict")),
    Option("p10-id", -1, "certReqId of the cp that answers a p10cr: -1 (RFC 9483 4.1.4), or 0 as "
           "some servers say"),
    Option("poll-id", "echo", "certReqId of a pollRep: the pollReq's, or always this",
           ("echo", "0", "-1")),
    Option("message-time", "on", "send messageTime", ("on", "off")),
    Option("time-window", 300, "seconds a request's messageTime may be off"),
    Option("confirm-time", 3600, "seconds certConf is waited for"),
)  # fmt: skip


def add_arguments(parser: ArgumentParser) -> None:
    for option in OPTIONS:
        parser.add_argument(
            f"--cmp-{option.name}",
            type=type(option.default),
            default=option.default,
            choices=option.choices,
            help=f"{option.text} (default: {option.default})",
        )


def settle(given: Mapping[str, Any], needed: Mapping[str, Any]) -> dict[str, Any]:
    """Every option with its value; `given` may say cmp_wait, cmp-wait or wait.

    `needed` is what a fault makes no sense without: at least so much, or exactly so.
    """
    plain = {key.replace("_", "-").removeprefix("cmp-"): value for key, value in given.items()}
    settled = {}
    for option in OPTIONS:
        value = plain.get(option.name)
        value = option.default if value is None else type(option.default)(value)
        if option.choices and value not in option.choices:
            raise ValueError(f"--cmp-{option.name} {value}: one of {', '.join(option.choices)}")
        settled[option.name] = value
    for name, value in needed.items():
        settled[name] = max(value, settled[name]) if isinstance(value, int) else value
    return settled
