# SPDX-License-Identifier: GPL-2.0-or-later
"""What a registrar's answers must not look like, and must be survived.

Stage "instead": another answer than the right one, before anything is done.  Stage "wire": the
right answer, sent wrongly.  Both apply to the exchange named by NAME@WHERE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from onlab.faults import REGISTRAR, declare, fault
from onlab.tlsd import ABORT, TOGETHER, Answer

FOR_EVER = 3600.0  # seconds; every client must have given up by then
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07denied\r\nNov 24 00:00:00 router onramp: enrolled\n"
    "$(reboot) `reboot` %s%n \x00\x7f\u202e\u2028 ../../etc/passwd"
).encode()
STATUSES = (400, 401, 403, 404, 406, 415, 418, 429, 500, 502, 503, 504)
VOUCHER_PATH = "/.well-known/brski/requestvoucher"
MOVED_PATH = "/.well-known/brski/moved/requestvoucher"  # answered like VOUCHER_PATH
HUGE = 100 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """Where an answer is given: what redirects have to know."""

    here: str  # https://127.0.0.1:PORT
    path: str
    origins: Callable[[int], str]  # the lab's other origins, started when asked for
    plain: Callable[[], str]
    index: int = 0  # 0: the registrar itself
    leave: Callable[[], None] = lambda: None  # this origin answers nobody any more


# ---- other statuses


def _status(code: int, name: str, body: bytes, text: str, **more) -> None:
    def bend(_answer, _place: Place) -> Answer:
        return Answer(code, body, "text/plain; charset=utf-8", **more)

    declare(name, REGISTRAR, text, "instead", bend)


for _code in STATUSES:
    _status(_code, f"http-{_code}", HOSTILE, f"status {_code} with control characters in its text")
    _status(_code, f"http-{_code}-long", HOSTILE * 800, f"status {_code} with 100 kB of such text")
_status(401, "http-401-close", HOSTILE, "401 and close, as after an on-path attack", close=True)
_status(204, "http-204", b"", "status 204")
_status(201, "http-201", b"created", "status 201 with a text")
_status(206, "http-206", b"part", "status 206")
_status(100, "http-100", b"", "status 100 and nothing after it")
_status(999, "http-999", b"?", "status 999")


def _retry(name: str, value: str | None, text: str, times: int | None = None, **more) -> None:
    headers = [("Retry-After", value)] if value is not None else []

    def bend(_answer, _place: Place) -> Answer:
        return Answer(202, b"<p>Nobody has decided yet.</p>" * 40, "text/html", headers=headers,
                      **more)  # fmt: skip

    declare(name, REGISTRAR, text, "instead", bend, times)


_retry("http-202-once", "1", "202, come back in a second; then the voucher", 1)
_retry("http-202-thrice", "1", "202 three times; then the voucher", 3)
_retry("http-202-forever", "1", "202 for ever")
_retry("http-202-no-retry", None, "202 without Retry-After; then the voucher", 1)
_retry("http-202-huge-retry", "99999999999", "202, come back in 3000 years; then the voucher", 1)
_retry("http-202-negative-retry", "-5", "202, come back before; then the voucher", 1)
_retry("http-202-date-retry", "Fri, 31 Dec 1999 23:59:59 GMT",
       "202 with a date long past; then the voucher", 1)  # fmt: skip
_retry("http-202-garbage-retry", "soon", "202, come back soon; then the voucher", 1)
_retry("conn-close-before-voucher-same", "1",
       "202 and close; the next connection shows the same certificate", 1, close=True)  # fmt: skip
_retry("conn-close-before-voucher-other-cert", "1",
       "202 and close; the next connection shows another registrar", 1, close=True)  # fmt: skip
_retry("conn-close-before-voucher-renewed-cert", "1",
       "202 and close; the next shows a new certificate of the same key", 1, close=True
       )  # fmt: skip


# ---- redirects


def _redirect(name: str, code: int, where: Callable[[Place], str | None], text: str) -> None:
    def bend(answer, place: Place) -> Answer | None:
        location = where(place)
        if location is None:
            return answer
        return Answer(code, b"", headers=[("Location", location)] if location else [])

    declare(name, REGISTRAR, text, "instead", bend)


def _once_moved(place: Place) -> str | None:
    return None if place.path == MOVED_PATH else MOVED_PATH


def _next_origin(last: int, path: str = VOUCHER_PATH) -> Callable[[Place], str | None]:
    """Sends the pledge from origin to origin, and leaves it in peace at the last."""
    return lambda place: (
        place.origins(place.index + 1) + path if place.index < last else None
    )  # fmt: skip


for _code in (301, 302, 307, 308):
    _redirect(f"http-{_code}-same", _code, _once_moved, f"{_code} to another path of this origin")
for _code in (300, 303, 304, 305):
    _redirect(f"http-{_code}", _code, _once_moved, f"{_code}, which repeats no POST")
_redirect("http-redirect-absolute", 307, lambda place: place.here + MOVED_PATH
          if place.path != MOVED_PATH else None, "307 with a full URL of this origin")  # fmt: skip
_redirect("http-redirect-loop", 307, lambda place: place.path, "307 to itself, for ever")
_redirect("http-redirect-other-origin", 307, _next_origin(1),
          "307 to a second registrar, which works")  # fmt: skip
_redirect("http-redirect-to-a-name", 307,
          lambda place: _next_origin(1)(place) and
          _next_origin(1)(place).replace("127.0.0.1", "localhost"),
          "307 to another origin by the name in its certificate, which has no cmcRA")  # fmt: skip
_redirect("http-redirect-no-path", 307, _next_origin(1, ""),
          "307 to a second registrar, which works, by its origin alone")  # fmt: skip
_redirect("http-redirect-two-origins", 307, _next_origin(2),
          "307 to a second registrar, which sends on to a third")  # fmt: skip
_redirect("http-redirect-plain", 307, lambda place: place.plain() + VOUCHER_PATH,
          "307 to plain http")  # fmt: skip
_redirect("http-redirect-no-location", 307, lambda place: "", "307 without a Location")
_redirect("http-redirect-file", 307, lambda place: "file:///etc/passwd", "307 to a file")
_redirect("http-redirect-userinfo", 307,
          lambda place: place.here.replace("https://", "https://user:secret@") + MOVED_PATH
          if place.path != MOVED_PATH else None, "307 to a URL with user and password"
          )  # fmt: skip
_redirect("http-redirect-hostile", 307, lambda place: "https://\x01\x1b[2J%00\\@:99999999/",
          "307 to no URL at all")  # fmt: skip
_redirect("http-redirect-long", 307, lambda place: "/" + "a" * 8000, "307 to 8000 characters")


def _slow_body(answer: Answer) -> Iterable:
    yield answer.head(len(answer.body))
    for start in range(0, len(answer.body), 100):
        yield answer.body[start : start + 100]
        yield 0.5


@fault("http-redirect-slow", REGISTRAR, "instead",
       "307 to itself five times, each with 10 kB at 200 octets a second; then the voucher", 5)
def _redirect_slow(_answer, place: Place) -> Answer:
    return Answer(307, b"x" * 10000, "text/html", headers=[("Location", place.path)],
                  wire=_slow_body, close=True, announce_close=False)  # fmt: skip


@fault("http-redirect-202-gone", REGISTRAR, "instead",
       "307 to a second registrar, which answers 202 and is not seen again; then the voucher", 2)
def _redirect_202_gone(_answer, place: Place) -> Answer:
    if place.index == 0:
        return Answer(307, b"", headers=[("Location", place.origins(1) + VOUCHER_PATH)])
    place.leave()
    return Answer(202, b"", headers=[("Retry-After", "1")], close=True)


# ---- the wire


def _wire(name: str, text: str, close: bool = True, times: int | None = None) -> Callable:
    """A fault in how the answer is sent; most of them leave the connection unusable."""

    def keep(acts: Callable[[Answer], Iterable]) -> Callable:
        def bend(answer: Answer, _place: Place) -> Answer:
            return replace(answer, wire=acts, close=close, announce_close=False)

        declare(name, REGISTRAR, text, "wire", bend, times)
        return acts

    return keep


@_wire("http-stall-header", "no answer at all; the connection stays open")
def _stall_header(answer: Answer) -> Iterable:
    yield FOR_EVER


@_wire("http-stall-body", "headers, then nothing")
def _stall_body(answer: Answer) -> Iterable:
    yield answer.head(len(answer.body))
    yield FOR_EVER


@_wire("http-trickle", "one byte a second (Slowloris)")
def _trickle(answer: Answer) -> Iterable:
    for octet in answer.head(len(answer.body)) + answer.body:
        yield bytes([octet])
        yield 1.0


@_wire("http-slow", "in pieces of 100 bytes, to be accepted", close=False)
def _slow(answer: Answer) -> Iterable:
    data = answer.head(len(answer.body)) + answer.body
    for start in range(0, len(data), 100):
        yield data[start : start + 100]
        yield 0.01


@_wire("http-huge-body", "100 MB with Content-Length")
def _huge_body(answer: Answer) -> Iterable:
    yield answer.head(HUGE)
    for _ in range(HUGE // 65536):
        yield bytes(65536)


@_wire("http-chunked-huge", "100 MB in chunks")
def _chunked_huge(answer: Answer) -> Iterable:
    yield _chunked_head(answer)
    for _ in range(HUGE // 65536):
        yield b"10000\r\n" + bytes(65536) + b"\r\n"
    yield b"0\r\n\r\n"


def _chunked_head(answer: Answer) -> bytes:
    return answer.head()[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"


@_wire("http-chunked", "in chunks, to be accepted", close=False)
def _chunked(answer: Answer) -> Iterable:
    yield _chunked_head(answer)
    for start in range(0, len(answer.body), 500):
        piece = answer.body[start : start + 500]
        yield b"%x\r\n" % len(piece) + piece + b"\r\n"
    yield b"0\r\n\r\n"


@_wire("http-chunked-broken", "a chunk whose length is no number")
def _chunked_broken(answer: Answer) -> Iterable:
    yield _chunked_head(answer) + b"zzz\r\n" + answer.body + b"\r\n0\r\n\r\n"


@_wire("http-huge-header", "header lines without end")
def _huge_header(answer: Answer) -> Iterable:
    yield answer.head()[:-2]
    for number in range(1_000_000):
        yield b"X-Padding-%d: %s\r\n" % (number, b"x" * 1000)


@_wire("http-long-line", "one header line of a megabyte")
def _long_line(answer: Answer) -> Iterable:
    yield answer.head()[:-2] + b"X-Padding: " + b"x" * 1024 * 1024 + b"\r\n\r\n"
    yield answer.body


@_wire("http-surplus", "bytes behind the announced length", close=False)
def _surplus(answer: Answer) -> Iterable:
    yield answer.head(len(answer.body)) + answer.body + b"surplus"


@_wire("http-second-answer", "a second answer that nobody asked for", close=False)
def _second_answer(answer: Answer) -> Iterable:
    once = answer.head(len(answer.body)) + answer.body
    yield once + once


@_wire("http-short-body", "fewer bytes than announced, then close")
def _short_body(answer: Answer) -> Iterable:
    yield answer.head(len(answer.body) + 100) + answer.body


@_wire("http-two-lengths", "two Content-Length headers that disagree")
def _two_lengths(answer: Answer) -> Iterable:
    yield answer.head(len(answer.body))[:-2] + b"Content-Length: 5\r\n\r\n" + answer.body


@_wire("http-no-length", "no length; close_notify ends the body, to be accepted")
def _no_length(answer: Answer) -> Iterable:
    yield answer.head()[:-2] + b"Connection: close\r\n\r\n" + answer.body


@_wire("http-no-length-cut", "no length, and the stream breaks off without close_notify")
def _no_length_cut(answer: Answer) -> Iterable:
    yield answer.head()[:-2] + b"Connection: close\r\n\r\n" + answer.body
    yield ABORT


@_wire("http-garbage", "something that is not HTTP")
def _garbage(answer: Answer) -> Iterable:
    yield bytes(range(256)) * 8


@_wire("http-0.9", "the body alone, without status line")
def _http_09(answer: Answer) -> Iterable:
    yield answer.body


@_wire("http-2", "an HTTP/2 preface")
def _http_2(answer: Answer) -> Iterable:
    yield bytes.fromhex("000012040000000000000300000064000400100000000600004000")


@_wire("http-interim", "100 and 103 before the answer, to be accepted", close=False)
def _interim(answer: Answer) -> Iterable:
    yield b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    yield answer.head(len(answer.body)) + answer.body


@_wire("http-header-nul", "a NUL inside a header")
def _header_nul(answer: Answer) -> Iterable:
    yield answer.head(len(answer.body))[:-2] + b"X-Nul: a\0b\r\n\r\n" + answer.body


@_wire("http-gzip", "Content-Encoding gzip, though nobody asked", close=False)
def _gzip(answer: Answer) -> Iterable:
    yield answer.head(len(answer.body))[:-2] + b"Content-Encoding: gzip\r\n\r\n" + answer.body


@_wire("http-close", "closes in good order instead of answering")
def _close(answer: Answer) -> Iterable:
    return []


@_wire("http-abort", "breaks off instead of answering, once", times=1)
def _abort(answer: Answer) -> Iterable:
    yield ABORT


@_wire("conn-close-each-response", "announces and closes after each response", close=True)
def _close_each(answer: Answer) -> Iterable:
    yield answer.head(len(answer.body))[:-2] + b"Connection: close\r\n\r\n" + answer.body


@_wire("conn-close-unannounced", "closes after each response without a word", close=True)
def _close_unannounced(answer: Answer) -> Iterable:
    # Nobody can tell a connection that will be closed in a moment from one that will not.
    yield TOGETHER
    yield answer.head(len(answer.body)) + answer.body


EVERYWHERE = ("conn-close-each-response", "conn-close-unannounced")


# ---- telemetry and the CMP path


def _telemetry(name: str, text: str, bend: Callable) -> None:
    declare(name, REGISTRAR, text, "telemetry", bend)


_telemetry("telemetry-404", "404 to both status reports", lambda a, p: Answer(404, HOSTILE))
_telemetry("telemetry-500", "500 to both status reports", lambda a, p: Answer(500, HOSTILE))
_telemetry("telemetry-hang", "no answer to either status report",
           lambda a, p: replace(a, wire=_stall_header, close=True))  # fmt: skip
_telemetry("telemetry-close", "closes instead of answering a status report",
           lambda a, p: replace(a, wire=_close, close=True))  # fmt: skip
_telemetry("telemetry-redirect", "redirects status reports to plain http",
           lambda a, p: Answer(307, b"", headers=[("Location", p.plain() + "/")]))  # fmt: skip
_telemetry("telemetry-huge", "100 MB in answer to a status report",
           lambda a, p: replace(a, wire=_huge_body, close=True))  # fmt: skip


@fault("cmp-404", REGISTRAR, "cmp", "offers no CMP at all")
def _cmp_404(answer, place: Place) -> Answer:
    return Answer(404, HOSTILE, "text/plain")


@fault("cmp-404-label", REGISTRAR, "cmp", "knows no operation labels below /.well-known/cmp")
def _cmp_404_label(answer, place: Place) -> Answer | None:
    labels = ("initialization", "certification", "keyupdate", "pkcs10", "revocation")
    wants = place.path.rsplit("/", 1)[-1]
    return Answer(404) if wants in labels or wants.startswith("get") else answer
