# SPDX-License-Identifier: GPL-2.0-or-later
"""The owner's registrar: checks pledges, asks the MASA, forwards CMP, hears status reports."""

from __future__ import annotations

import argparse
import hashlib
import http.client
import ssl
import threading
import urllib.parse
from pathlib import Path

from cryptography import x509

from onlab import faults, httpfaults, path, pki, pkitable, telemetry, tlsd, voucher
from onlab.doorway import Doorway
from onlab.events import Events
from onlab.tlsd import Answer, Peer, Request
from onlab.voucher import Refusal

CMP = "/.well-known/cmp"
AUDIT_PATH = "/.well-known/brski/requestauditlog"
TELEMETRY = ("voucher_status", "enrollstatus")
ROOTS = ("domain/root", "domain/clone-root", "other/root")
PEER_TIMEOUT = 60.0  # seconds for MASA or CA
STAGES = {"voucher": "vouched", "voucher_status": "reported", "cmp": "enrolling"}
# Redirects whose targets may misbehave like the registrar itself.
LEADING_AWAY = ("http-redirect-other-origin", "http-redirect-two-origins",
                "http-redirect-202-gone")  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--registrar", metavar="NAME",
                        help="which domain/registrar-NAME it is: p256 (default), p384, rsa, "
                        "selfsigned, noserverauth, expired, …")  # fmt: skip
    parser.add_argument("--tls", choices=("1.2", "1.3", "any"), default="any",
                        help="TLS versions offered (default: 1.2 and 1.3)")  # fmt: skip
    parser.add_argument("--require-serial", metavar="SN",
                        help="welcome this device only, 404 to all others")  # fmt: skip


def registrar_name(options: argparse.Namespace) -> str:
    """Pinning the self-signed registrar only makes sense with that registrar."""
    selfsigned = getattr(options, "pin", None) == "registrar-selfsigned"
    return options.registrar or ("selfsigned" if selfsigned else "p256")


class Origin:
    """One https://host:port of the registrar, with its own certificate."""

    def __init__(self, registrar: "Registrar", index: int, listener, identity: str) -> None:
        self.registrar, self.index = registrar, index
        self.door = Doorway(registrar.directory, identity, registrar.options.tls, registrar.faults)
        self.server = tlsd.Server(listener, self.handle, registrar.events, self.door)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server.port}"

    def handle(self, request: Request) -> Answer:
        try:
            return self.registrar.handle(request, self)
        except Refusal as why:
            self.registrar.events.emit("refused", path=request.path, status=why.status,
                                       reason=str(why), number=request.peer.number)  # fmt: skip
            return tlsd.plain_text(why.status, f"{why}\n", close=why.close)


class Registrar:
    def __init__(self, directory: Path, options: argparse.Namespace, events: Events) -> None:
        self.directory, self.options, self.events = directory, options, events
        self.faults = faults.Switches(options.fault)
        self.name = f"domain/registrar-{registrar_name(options)}"
        self.makers = pki.read_certs(directory / "manufacturer/root.pem")
        self.domain = pki.read_certs(directory / "domain/root.pem")
        self.others = [c for name in ("manufacturer/sub", "domain/sub")
                       for c in pki.read_certs(directory / f"{name}.pem")]  # fmt: skip
        self.origins: list[Origin] = []
        self._lock = threading.Lock()
        self._plain: tlsd.Server | None = None
        self._last_request: dict[bytes, str] = {}  # by the client's key
        self._asked: dict[bytes, bytes] = {}

    # ---- serving

    @property
    def port(self) -> int:
        return self.origins[0].server.port

    def run(self) -> None:
        self.origins[0].server.run()

    def stop(self) -> None:
        with self._lock:
            servers = [origin.server for origin in self.origins]
            servers += [self._plain] if self._plain else []
        for server in servers:
            server.stop()

    # ---- origins

    def open(self, listener) -> Origin:
        """The first origin is the registrar itself; further ones are where redirects lead."""
        other = "noeku" if "http-redirect-to-a-name" in self.faults else "other"
        name = self.name if not self.origins else f"domain/registrar-{other}"
        self.origins.append(Origin(self, len(self.origins), listener, name))
        return self.origins[-1]

    def origin_url(self, index: int) -> str:
        with self._lock:
            while len(self.origins) <= index:
                self.open(tlsd.listen()).server.start()
            return self.origins[index].url

    def plain_url(self) -> str:
        """A plain http origin, which no pledge may ever talk to."""
        with self._lock:
            if self._plain is None:
                self._plain = tlsd.Server(tlsd.listen(), self._plain_request, self.events,
                                          lambda peer, sock: None)  # fmt: skip
                self._plain.start()
            return f"http://127.0.0.1:{self._plain.port}"

    def _plain_request(self, request: Request) -> Answer:
        self.events.emit("plain_http", path=request.path)
        return Answer(200, b"gotcha", voucher.MEDIA_TYPE)

    # ---- routing

    def handle(self, request: Request, origin: Origin) -> Answer:
        where, act = self._route(request)
        place = httpfaults.Place(
            origin.url, request.path, self.origin_url, self.plain_url, origin.index,
            origin.server.refuse,
        )
        if where == "voucher":
            self._note_request(request)
            origin.door.stages.add("requested")
        # A status report has been heard, whatever is answered to it.
        heard = act(request, origin) if where in TELEMETRY else None
        answer = None
        if origin.index == 0 or any(name in self.faults for name in LEADING_AWAY):
            answer = self.faults.bend("instead", None, place, where=where)
        if where == "cmp":
            answer = self.faults.bend("cmp", answer, place)
        answer = answer or heard or act(request, origin)
        return self._dress(answer, where, origin, place)

    def _dress(self, answer: Answer, where: str, origin: Origin, place) -> Answer:
        """The right answer, with what the faults on the wire make of it."""
        if where in TELEMETRY:
            answer = self.faults.bend("telemetry", answer, place)
        answer = self.faults.bend("wire", answer, place, where=where)
        if where != "voucher":
            for name in httpfaults.EVERYWHERE:
                if name in self.faults:
                    answer = faults.TABLE[name].bend(answer, place)
        stage = STAGES.get(where)
        if stage and answer.status == 200:
            origin.door.stages.add(stage)
            if origin.door.closes_after(stage):
                answer.close, answer.announce_close = True, False
        return answer

    def _route(self, request: Request):
        routes = {
            httpfaults.VOUCHER_PATH: ("voucher", self.request_voucher),
            httpfaults.MOVED_PATH: ("voucher", self.request_voucher),
            "/.well-known/brski/voucher_status": ("voucher_status", self.hear_status),
            "/.well-known/brski/enrollstatus": ("enrollstatus", self.hear_status),
        }
        if request.path in routes:
            found = routes[request.path]
        elif request.path == CMP or request.path.startswith(CMP + "/"):
            found = ("cmp", self.forward_cmp)
        else:
            raise Refusal(404, f"nothing at {request.path}")
        if request.method != "POST":
            raise Refusal(405, "POST was expected")
        return found

    # ---- voucher, RFC 8995 5.2 to 5.6

    def _note_request(self, request: Request) -> None:
        """RFC 8995 5.6: after a 202 the same request comes again, byte for byte."""
        digest = hashlib.sha256(request.body).hexdigest()
        key = pki.spki(request.peer.cert)
        self.events.emit("pvr", sha256=digest, size=len(request.body), number=request.peer.number,
                         identical=self._last_request.get(key) == digest,
                         accept=request.headers.get("accept"))  # fmt: skip
        self._last_request[key] = digest

    def check_pledge(self, request: Request) -> voucher.Request:
        if request.headers.get("content-type") != voucher.MEDIA_TYPE:
            raise Refusal(415, f"{voucher.MEDIA_TYPE} was expected")
        pledge = voucher.read_pledge_request(request.body)
        peer, signer = request.peer.cert, pledge.signed.signer_cert
        if pki.spki(signer) != pki.spki(peer):
            raise Refusal(403, "signed by another device than the TLS client")
        if not path.chains(signer, pledge.signed.certs, self.makers):
            raise Refusal(404, "no chain to a known manufacturer")
        shown = "domain/registrar-p256" if "mitm-relay" in self.faults else request.peer.shown
        if not voucher.saw(pledge, pki.load(self.directory, shown).cert):
            raise Refusal(401, "the pledge saw another registrar certificate", close=True)
        if pki.subject_serial(peer) != pledge.serial:
            raise Refusal(403, "serial-number is not that of the TLS client certificate")
        if self.options.require_serial not in (None, pledge.serial):
            raise Refusal(404, "this device is not expected here")
        if "accept" not in request.headers:
            pledge.remarks.append("no Accept header")
        return pledge

    def request_voucher(self, request: Request, origin: Origin) -> Answer:
        pledge = self.check_pledge(request)
        self.events.emit("pvr_good", serial=pledge.serial, nonce=pledge.leaves["nonce"],
                         sha256=hashlib.sha256(request.body).hexdigest(),
                         created_on=pledge.leaves.get("created-on"), remarks=pledge.remarks,
                         number=request.peer.number, origin=origin.index)  # fmt: skip
        asks = pki.load(self.directory, origin.door.asks)
        ask = voucher.registrar_request(
            pledge, request.body, request.peer.cert, asks, self._chain(asks)
        )
        self._asked[pki.spki(request.peer.cert)] = ask
        status, media_type, body = self._ask_masa(httpfaults.VOUCHER_PATH, ask)
        self.events.emit("masa", status=status, size=len(body))
        return Answer(status, body, media_type)

    def _chain(self, identity: pki.Identity) -> list[x509.Certificate]:
        """What the MASA may pin: everything up to the root (RFC 8995 5.5)."""
        roots = [c for name in ROOTS for c in pki.read_certs(self.directory / f"{name}.pem")]
        own = [c for c in identity.certs if c not in roots]
        return own + [root for root in roots if path.issued(own[-1], root)]

    def _ask_masa(self, where: str, body: bytes) -> tuple[int, str | None, bytes]:
        """RFC 8995 5.4: the MASA is known by the DNS-ID in the IDevID, wherever it answers."""
        url = urllib.parse.urlsplit(self.options.masa_url)
        context = ssl.create_default_context(cafile=str(self.directory / "masa/tls-root.pem"))
        # Plain by its type: the other would read all anchors of this machine first.
        masa = http.client.HTTPConnection(url.hostname, url.port, timeout=PEER_TIMEOUT)
        try:
            plain = tlsd.socket.create_connection((url.hostname, url.port), PEER_TIMEOUT)
            masa.sock = context.wrap_socket(plain, server_hostname=pkitable.MASA_HOST)
            headers = {"Content-Type": voucher.MEDIA_TYPE, "Accept": voucher.MEDIA_TYPE}
            masa.request("POST", where, body, headers)
            answer = masa.getresponse()
            return answer.status, answer.headers.get("Content-Type"), answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Refusal(502, f"the MASA cannot be reached: {error}") from None
        finally:
            masa.close()

    # ---- status reports

    def whose(self, cert: x509.Certificate) -> str:
        """RFC 8995 5.9.4: log whether the report came with the new certificate."""
        if path.chains(cert, self.others, self.makers):
            return "idevid"
        return "ldevid" if path.chains(cert, self.others, self.domain) else "unknown"

    def hear_status(self, request: Request, origin: Origin) -> Answer:
        report = telemetry.read(request.body, request.headers.get("content-type"))
        peer: Peer = request.peer
        self.events.emit(
            request.path.rsplit("/", 1)[-1], body=report.body, faults=report.faults,
            remarks=report.remarks, number=peer.number, origin=origin.index,
            peer=self.whose(peer.cert), peer_subject=peer.cert.subject.rfc4514_string(),
            peer_serial=f"{peer.cert.serial_number:x}",
        )  # fmt: skip
        ask = self._asked.pop(pki.spki(peer.cert), None)
        if ask and request.path.endswith("voucher_status"):
            threading.Thread(target=self.read_audit_log, args=(ask,), daemon=True).start()
        return Answer(400 if report.faults else 200, "; ".join(report.faults).encode())

    def read_audit_log(self, ask: bytes) -> None:
        """RFC 8995 5.8: what else the MASA knows of this device.  The pledge need not wait."""
        try:
            status, _, body = self._ask_masa(AUDIT_PATH, ask)
            self.events.emit("audit_log", status=status, body=voucher.strict_json(body))
        except (Refusal, ValueError) as error:
            self.events.line(f"audit log: {error}")

    # ---- CMP, RFC 9733 5.1

    def forward_cmp(self, request: Request, origin: Origin) -> Answer:
        url = urllib.parse.urlsplit(self.options.ca_url)
        authority = http.client.HTTPConnection(url.hostname, url.port, timeout=PEER_TIMEOUT)
        try:
            headers = {"Content-Type": request.headers.get("content-type", "")}
            authority.request("POST", request.path, request.body, headers)
            answer = authority.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Refusal(502, f"the CA cannot be reached: {error}") from None
        finally:
            authority.close()
        self.events.emit(
            "cmp", path=request.path, status=answer.status, number=request.peer.number,
            sha256=hashlib.sha256(request.body).hexdigest(), peer=self.whose(request.peer.cert),
            origin=origin.index,
        )  # fmt: skip
        return Answer(answer.status, body, answer.headers.get("Content-Type"))


def serve(directory: Path, options: argparse.Namespace, port: int = 0) -> Registrar:
    """The registrar, listening and ready to run."""
    registrar = Registrar(directory, options, Events(directory, "registrar"))
    registrar.open(tlsd.listen(port))
    return registrar
