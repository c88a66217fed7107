# SPDX-License-Identifier: GPL-2.0-or-later
"""A small HTTP/1.1 server over TLS, or plain, that can be told to misbehave at every byte.

Library servers tidy up what they send, so this one is written on sockets.  It is strict with what
it reads: its client is the agent under test.
"""

from __future__ import annotations

import _ssl
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from time import sleep

from cryptography import x509

from onlab.events import Events

HEAD_MAX, BODY_MAX = 16 * 1024, 1024 * 1024
IDLE = 120.0  # seconds; more than any test waits
ABORT = object()  # an act: close without close_notify
TOGETHER = object()  # an act: what follows leaves in one segment with the close_notify


@dataclass
class Peer:
    """Who is at the other end of one connection."""

    number: int
    tls: str = ""
    cipher: str = ""
    sni: str | None = None
    resumed: bool = False
    cert: x509.Certificate | None = None
    chain: list[bytes] = field(default_factory=list)  # DER as sent, leaf first
    shown: str = ""  # name of the certificate we showed


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    peer: Peer
    last: bool = False  # the client wants no further exchange on this connection


@dataclass
class Answer:
    """What to say.  `wire` replaces how it is said: bytes, pauses in seconds, ABORT."""

    status: int = 200
    body: bytes = b""
    media_type: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    close: bool = False
    announce_close: bool = True
    wire: Callable[["Answer"], Iterable] | None = None

    def head(self, length: int | None = None) -> bytes:
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = [f"HTTP/1.1 {self.status} {phrase}"]
        if self.media_type:
            lines.append(f"Content-Type: {self.media_type}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        if self.close and self.announce_close:
            lines.append("Connection: close")
        return "\r\n".join(lines + ["", ""]).encode("latin-1", "replace")

    def acts(self) -> Iterable:
        if self.wire:
            return self.wire(self)
        return [self.head(len(self.body)) + self.body]


def plain_text(status: int, text: str, **more) -> Answer:
    """RFC 8995 5.6: errors carry readable UTF-8."""
    return Answer(status, text.encode(), "text/plain; charset=utf-8", **more)


class BadRequest(Exception):
    """The client does not speak the HTTP it should."""


class Turned(Exception):
    """The doorway has dealt with the connection itself."""


class Reader:
    """Requests from a socket."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.buffer = b""

    def _more(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        self.buffer += data

    def request(self, peer: Peer) -> Request:
        while b"\r\n\r\n" not in self.buffer:
            if len(self.buffer) > HEAD_MAX:
                raise BadRequest("the request's head is too long")
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, version = (first.split(" ") + ["", "", ""])[:3]
        if version not in ("HTTP/1.0", "HTTP/1.1"):
            raise BadRequest(f"not an HTTP/1.1 request: {first[:60]!r}")
        headers = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon or name.lower() in headers:
                raise BadRequest(f"header line {line[:60]!r}")
            headers[name.lower()] = value.strip()
        old = version == "HTTP/1.0"  # OpenSSL's CMP client still speaks it
        if "host" not in headers and not old or "transfer-encoding" in headers:
            raise BadRequest("a Host and a plain body with Content-Length were expected")
        last = old or headers.get("connection", "").lower() == "close"
        return Request(method, path, headers, self._body(headers), peer, last)

    def _body(self, headers: dict[str, str]) -> bytes:
        text = headers.get("content-length", "0")
        if not text.isdigit() or int(text) > BODY_MAX:
            raise BadRequest(f"Content-Length {text[:20]!r}")
        if "expect" in headers:
            raise BadRequest("Expect, which no constrained server has to know")
        length = int(text)
        while len(self.buffer) < length:
            self._more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return body


def _say(sock: socket.socket, acts: Iterable) -> bool:
    """Performs the acts.  False: the connection was aborted."""
    for act in acts:
        if act is ABORT:
            return False
        if act is TOGETHER:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        elif isinstance(act, (int, float)):
            sleep(act)
        else:
            sock.sendall(act)
    return True


def _part(sock: socket.socket) -> None:
    """Closes in good order: close_notify, then the end of the stream."""
    sock.settimeout(0.2)
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock = sock.unwrap()
        sock.shutdown(socket.SHUT_WR)
    except (OSError, ValueError):
        pass


class Server:
    """One listening socket, one thread per connection.

    doorway(peer, socket) chooses the TLS context of each new connection, None for plain HTTP, or
    raises Turned; handler(request) answers.
    """

    def __init__(
        self,
        listener: socket.socket,
        handler: Callable[[Request], Answer],
        events: Events,
        doorway: Callable[[Peer, socket.socket], ssl.SSLContext | None],
    ) -> None:
        self.listener, self.handler, self.events, self.doorway = listener, handler, events, doorway
        self.count = 0
        self._port = listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._stopped = False

    @property
    def port(self) -> int:
        return self._port

    def run(self) -> None:
        while not self._stopped:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                if self._stopped:
                    break
                raise
            self.count += 1
            self.events.emit("accepted", number=self.count)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(
                target=self._serve, args=(sock, Peer(self.count)), daemon=True
            ).start()  # fmt: skip

    def start(self) -> None:
        threading.Thread(target=self.run, daemon=True).start()

    def refuse(self) -> None:
        """Takes no connection any more; those there are go on."""
        self._stopped = True
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()

    def stop(self) -> None:
        """Of a server in a thread: takes no connection any more, ends those there are, and
        closes its log."""
        self._stopped = True
        for sock in (self.listener, *list(self._open)):
            try:
                # Below any TLS.  Wakes who waits in accept() or recv().
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                pass
        self.listener.close()
        self.events.close()

    def _serve(self, sock: socket.socket, peer: Peer) -> None:
        sock.settimeout(IDLE)
        self._open.add(sock)
        try:
            context = self.doorway(peer, sock)
            if context:
                plain, sock = sock, _handshake(context, sock, peer)
                self._open.add(sock)
                self._open.discard(plain)
            self.events.emit("connection", number=peer.number, shown=peer.shown, tls=peer.tls,
                             cipher=peer.cipher, sni=peer.sni, resumed=peer.resumed)  # fmt: skip
            self._converse(sock, peer)
        except Turned as why:
            self.events.emit("turned_away", number=peer.number, why=str(why))
        except (OSError, EOFError) as error:
            if not isinstance(error, EOFError):
                self.events.emit("connection_failed", number=peer.number, why=str(error),
                                 shown=peer.shown)  # fmt: skip
        finally:
            self._open.discard(sock)
            sock.close()

    def _converse(self, sock: socket.socket, peer: Peer) -> None:
        reader = Reader(sock)
        going = True
        while going:
            try:
                request = reader.request(peer)
            except BadRequest as error:
                self.events.emit("bad_request", number=peer.number, why=str(error))
                _say(sock, plain_text(400, f"{error}\n", close=True).acts())
                break
            answer = self.handler(request)
            self.events.line(f"#{peer.number} {request.method} {request.path} "
                             f"{len(request.body)} -> {answer.status}")  # fmt: skip
            if not _say(sock, answer.acts()):
                return
            going = not (answer.close or request.last)
        _part(sock)


def _handshake(context: ssl.SSLContext, sock: socket.socket, peer: Peer) -> ssl.SSLSocket:
    names: list = []
    context.sni_callback = lambda _sock, name, _context: names.append(name)
    tls = context.wrap_socket(sock, server_side=True)
    peer.tls, peer.cipher = tls.version() or "", (tls.cipher() or ("",))[0]
    peer.resumed = bool(tls.session_reused)
    peer.sni = names[0] if names else None
    leaf = tls.getpeercert(binary_form=True)
    if leaf:
        peer.cert = x509.load_der_x509_certificate(leaf)
        # Not in ssl's documented interface before Python 3.13, but there since 3.10.
        chain = tls._sslobj.get_unverified_chain() or []
        peer.chain = [cert.public_bytes(_ssl.ENCODING_DER) for cert in chain]
    return tls


def listen(port: int = 0) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=64)
