# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lab saw: one readable line per request, and JSON lines for tests to assert on."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timezone
from io import FileIO
from pathlib import Path
from typing import Any


class Events:
    """The log of one component.  All components share DIR/log/events.jsonl.

    Every record is one write() to a file opened for appending, so that the lines of several
    processes and threads never mix.  Once closed, it takes what is said and forgets it: a thread
    may outlive its server.
    """

    def __init__(self, directory: Path, who: str) -> None:
        logs = directory / "log"
        logs.mkdir(parents=True, exist_ok=True)
        self.who = who
        self._lock = threading.Lock()
        self._lines = open(logs / f"{who}.log", "ab", buffering=0)
        self._events = open(logs / "events.jsonl", "ab", buffering=0)

    def emit(self, what: str, **fields: Any) -> None:
        record = {"who": self.who, "what": what, "time": round(time.time(), 3), **fields}
        self._write(self._events, json.dumps(record).encode() + b"\n")

    def line(self, text: str) -> None:
        now = datetime.now(timezone.utc).strftime("%H:%M:%S.%f")[:-3]
        clean = "".join(c if c.isprintable() else "?" for c in text)
        self._write(self._lines, f"{now} {clean}\n".encode())

    def _write(self, file: FileIO, record: bytes) -> None:
        with self._lock:
            if not file.closed:
                file.write(record)

    def close(self) -> None:
        with self._lock:
            self._lines.close()
            self._events.close()

    __del__ = close


def read(directory: Path) -> list[dict]:
    """All events of a lab directory in the order they were written."""
    path = directory / "log" / "events.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
