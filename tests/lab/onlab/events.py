# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lab saw: one readable line per request, and JSON lines for tests to assert on."""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from datetime import datetime, timezone
from io import FileIO
from pathlib import Path
from typing import Any


class Events:
    """The log of one component.  All components share DIR/log/events.jsonl.

    Every record is one write() to a file opened for appending, so that the lines of several
    processes and threads never mix.  A write can be seen half done, and a component that is killed
    leaves it so: events are written and read under a lock, and the next one that writes takes such
    a half away.  Once closed, it takes what is said and forgets it: a thread may outlive its server.
    """

    def __init__(self, directory: Path, who: str) -> None:
        logs = directory / "log"
        logs.mkdir(parents=True, exist_ok=True)
        self.who = who
        self._lock = threading.Lock()
        self._lines = open(logs / f"{who}.log", "ab", buffering=0)
        self._events = open(logs / "events.jsonl", "a+b", buffering=0)

    def emit(self, what: str, **fields: Any) -> None:
        record = {"who": self.who, "what": what, "time": round(time.time(), 3), **fields}
        self._write(self._events, json.dumps(record).encode() + b"\n")

    def line(self, text: str) -> None:
        now = datetime.now(timezone.utc).strftime("%H:%M:%S.%f")[:-3]
        clean = "".join(c if c.isprintable() else "?" for c in text)
        self._write(self._lines, f"{now} {clean}\n".encode())

    def _write(self, file: FileIO, record: bytes) -> None:
        with self._lock:
            if file.closed:
                return
            fcntl.flock(file, fcntl.LOCK_EX)
            if file is self._events:
                _drop_half(file)
            file.write(record)
            fcntl.flock(file, fcntl.LOCK_UN)

    def close(self) -> None:
        with self._lock:
            self._lines.close()
            self._events.close()

    __del__ = close


def _drop_half(file: FileIO) -> None:
    """What stands behind the last newline."""
    size = whole = os.fstat(file.fileno()).st_size
    while whole > 0 and os.pread(file.fileno(), 1, whole - 1) != b"\n":
        whole -= 1
    if whole < size:
        os.ftruncate(file.fileno(), whole)


def read(directory: Path) -> list[dict]:
    """All events of a lab directory in the order they were written."""
    path = directory / "log" / "events.jsonl"
    if not path.exists():
        return []
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        lines = file.read().split(b"\n")
    return [json.loads(line) for line in lines[:-1]]
