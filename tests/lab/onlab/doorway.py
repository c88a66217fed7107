# SPDX-License-Identifier: GPL-2.0-or-later
"""The registrar's front door: which certificate each connection is shown, and broken handshakes."""

from __future__ import annotations

import socket
import ssl
import warnings
from pathlib import Path

from onlab.faults import REGISTRAR, Switches, declare
from onlab.httpfaults import FOR_EVER
from onlab.tlsd import Peer, Turned
from onlab.tlsfloods import FLOODS

CLIENT_HELLO = 16 * 1024

# From the start, another certificate than the one --registrar names.
SHOWS = {
    "registrar-imposter": ("domain/ldevid-imposter", "an ordinary LDevID of the domain: "
                           "serverAuth, but no cmcRA"),
    "registrar-noeku": ("domain/registrar-noeku", "a certificate of the domain without cmcRA"),
    "registrar-noeku-elsewhere": ("domain/registrar-elsewhere", "no cmcRA, and the name of "
                                  "another host"),
    "registrar-by-address": ("domain/registrar-address", "no cmcRA, and the address of this host "
                             "for a name"),
    "registrar-clientonly": ("domain/registrar-clientonly", "the name and address of this host, "
                             "but for clientAuth alone"),
    "mitm-relay": ("other/ee", "an attacker in the middle hands the request to the real "
                   "registrar, which notices"),
    "mitm-voucher": ("other/ee", "an attacker in the middle gets hold of a good voucher for the "
                     "real registrar"),
    "tls-no-cert-possession": ("domain/registrar-nokey", "a certificate without its private key"),
    "tls-long-chain": ("domain/registrar-longchain", "twelve stray certificates in the chain"),
    "tls-big-cert": ("domain/registrar-big", "a certificate of 5 kB, to be accepted"),
}  # fmt: skip
REAL = ("tls-long-chain", "tls-big-cert")  # which are registrars, and ask the MASA as such

# After a stage of the conversation, another certificate on the next connection.
LATER = {
    "conn-close-before-voucher-other-cert": ("requested", "domain/registrar-other"),
    "conn-close-before-voucher-renewed-cert": ("requested", "domain/registrar-renewed"),
    "tls-other-cert-after-pin": ("vouched", "domain/registrar-other"),
    "tls-renewed-cert-after-pin": ("vouched", "domain/registrar-renewed"),
    "tls-foreign-cert-after-pin": ("vouched", "other/ee"),
    "tls-imposter-cert-after-pin": ("vouched", "domain/ldevid-imposter"),
    "cmp-other-cert": ("reported", "domain/registrar-other"),
    "cmp-foreign-cert": ("reported", "other/ee"),
    "telemetry-foreign-cert": ("enrolling", "other/ee"),
}
NOT_CLOSING = ("requested", "enrolling")  # stages after which the pledge is the one to come anew

for _name, (_, _text) in SHOWS.items():
    declare(_name, REGISTRAR, _text)
declare("tls-other-cert-after-pin", REGISTRAR,
        "after the voucher closes and comes back as another registrar of the domain")  # fmt: skip
declare("tls-renewed-cert-after-pin", REGISTRAR,
        "after the voucher closes and comes back with a new certificate of the same key"
        )  # fmt: skip
declare("tls-foreign-cert-after-pin", REGISTRAR,
        "after the voucher closes and comes back as somebody foreign")  # fmt: skip
declare("tls-imposter-cert-after-pin", REGISTRAR,
        "after the voucher closes and comes back as an ordinary LDevID")  # fmt: skip
declare("cmp-other-cert", REGISTRAR,
        "before CMP closes and comes back as another registrar of the domain")  # fmt: skip
declare("cmp-foreign-cert", REGISTRAR, "before CMP closes and comes back as somebody foreign")
declare("telemetry-foreign-cert", REGISTRAR,
        "whoever connects after CMP has begun meets somebody foreign")  # fmt: skip


# ---- broken handshakes: each gets the raw connection


def _hello(sock: socket.socket) -> bytes:
    return sock.recv(CLIENT_HELLO)


def _stall(sock: socket.socket) -> None:
    sock.settimeout(FOR_EVER)
    while _hello(sock):
        pass


def _garbage(sock: socket.socket) -> None:
    _hello(sock)
    sock.sendall(bytes(range(256)) * 16)


def _plain(sock: socket.socket) -> None:
    _hello(sock)
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def _alert(sock: socket.socket) -> None:
    _hello(sock)
    sock.sendall(bytes.fromhex("15030300020250"))  # fatal internal_error


def _records(sock: socket.socket) -> None:
    """Empty handshake records: legal to parse, never a step further."""
    _hello(sock)
    while True:
        sock.sendall(bytes.fromhex("1603030000") * 1000)


HANDSHAKES = {
    "tls-close-in-handshake": (_hello, "closes after the ClientHello"),
    "tls-stall": (_stall, "never answers the ClientHello"),
    "tls-garbage": (_garbage, "answers the ClientHello with garbage"),
    "tls-plain": (_plain, "speaks plain HTTP on the TLS port"),
    "tls-alert": (_alert, "answers the ClientHello with a fatal alert"),
    "tls-endless-records": (_records, "empty handshake records without end"),
}
for _name, (_, _text) in HANDSHAKES.items():
    declare(_name, REGISTRAR, _text)
declare("tls-old", REGISTRAR, "speaks TLS 1.0 and 1.1 only")
declare("tls-anonymous", REGISTRAR, "offers anonymous cipher suites only")

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def shown_file(directory: Path, name: str) -> Path:
    """Left alone, OpenSSL puts the root that the clone imitates beside it: no signature fits."""
    if name != "domain/registrar-clone":
        return directory / f"{name}.pem"
    together = directory / f"{name}-and-root.pem"
    parts = [directory / f"{part}.pem" for part in (name, "domain/clone-root")]
    together.write_bytes(b"".join(part.read_bytes() for part in parts))
    return together


def context_for(directory: Path, name: str, version: str, switches: Switches) -> ssl.SSLContext:
    """A TLS server context that asks for an IDevID or an LDevID."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = VERSIONS.get(version, ssl.TLSVersion.TLSv1_2)
    context.maximum_version = VERSIONS.get(version, ssl.TLSVersion.MAXIMUM_SUPPORTED)
    if "tls-old" in switches:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that is the point of it
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    if "tls-anonymous" in switches:
        context.set_ciphers("aNULL:@SECLEVEL=0")
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    else:
        context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(shown_file(directory, name), directory / f"{name}.key")
    for anchor in ("manufacturer/root", "manufacturer/sub", "domain/root", "domain/sub"):
        context.load_verify_locations(directory / f"{anchor}.pem")
    return context


class Doorway:
    """Decides per connection; `stages` fills as the conversation goes on."""

    def __init__(self, directory: Path, usual: str, version: str, switches: Switches) -> None:
        self.directory, self.version, self.faults = directory, version, switches
        on = [name for name in SHOWS if name in switches]
        self.usual = SHOWS[on[0]][0] if on else usual
        self.asks = self.usual if not on or on[0] in REAL else usual
        self.stages: set[str] = set()
        self._contexts: dict[str, ssl.SSLContext] = {}

    def shown(self) -> str:
        for name, (stage, cert) in LATER.items():
            if name in self.faults and stage in self.stages:
                return cert
        return self.usual

    def closes_after(self, stage: str) -> bool:
        """Whether the connection has to end here for another certificate to be shown."""
        return any(
            name in self.faults and at == stage and stage not in NOT_CLOSING
            for name, (at, _) in LATER.items()
        )

    def __call__(self, peer: Peer, sock: socket.socket) -> ssl.SSLContext:
        for name, (misbehave, _) in HANDSHAKES.items():
            if self.faults.spend(name):
                misbehave(sock)
                raise Turned(name)
        for name, flood in FLOODS.items():
            if self.faults.spend(name):
                flood(sock, context_for(self.directory, self.usual, self.version, self.faults))
                raise Turned(name)
        peer.shown = self.shown()
        if peer.shown not in self._contexts:
            self._contexts[peer.shown] = context_for(
                self.directory, peer.shown, self.version, self.faults
            )
        return self._contexts[peer.shown]
