# SPDX-License-Identifier: GPL-2.0-or-later
"""The CA's HTTP side: RFC 6712 says POST, application/pkixcmp, and that is all there is to it."""

from __future__ import annotations

import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onlab.ca import CA

MAX_BODY = 1 << 20
IDLE_SECONDS = 120


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = -1  # head and body in one segment: no 40 ms of Nagle and delayed ACK
    ca: CA

    def do_POST(self) -> None:  # noqa: N802, the library's name
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            self.answer(411 if not length.isdigit() else 413, "text/plain", b"", close=True)
            return
        body = self.rfile.read(int(length))
        media_type = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if media_type != "application/pkixcmp":
            self.answer(415, "text/plain", b"application/pkixcmp is spoken here\n")
            return
        self.answer(*self.ca.handle(self.path, body))

    def refuse(self) -> None:
        self.answer(405, "text/plain", b"POST\n")

    do_GET = do_HEAD = do_PUT = refuse  # noqa: N815

    def answer(self, status: int, media_type: str, body: bytes, close: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """The CA keeps its own log."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    stopped = False

    def run(self) -> None:
        """Sleeps until somebody comes, where serve_forever() would look around all the time."""
        try:
            while not self.stopped:
                self.handle_request()
        finally:
            self.server_close()

    def stop(self) -> None:
        self.stopped = True
        self.socket.shutdown(socket.SHUT_RDWR)  # wakes run()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client may hang up on a misbehaving CA; anything else is a bug and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def listen(ca: CA, port: int = 0, host: str = "127.0.0.1") -> Server:
    return Server((host, port), type("BoundHandler", (Handler,), {"ca": ca}))


def serve(ca: CA, port: int = 0) -> None:
    server = listen(ca, port)
    if port == 0:
        print(server.server_address[1], flush=True)
    server.run()
