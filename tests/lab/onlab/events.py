# SPDX-License-Identifier: GPL-2.0-or-later
"""What the lab saw: one readable line per request, and JSON lines for tests to assert on."""

from __future__ import annotations

import json
import os
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any


class Events:
    """The log of one component.  All components share DIR/log/events.jsonl.

    Every record is one write() to a file opened for appending, so that the lines of several
    processes and threads never mix.
    """

    def __init__(self, directory: Path, who: str) -> None:
        logs = directory / "log"
        logs.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self.who = who
        self._lines = os.open(logs / f"{who}.log", flags, 0o644)
        self._events = os.open(logs / "events.jsonl", flags, 0o644)

    def emit(self, what: str, **fields: Any) -> None:
        record = {"who": self.who, "what": what, "time": round(time.time(), 3), **fields}
        os.write(self._events, json.dumps(record).encode() + b"\n")

    def line(self, text: str) -> None:
        now = datetime.now(timezone.utc).strftime("%H:%M:%S.%f")[:-3]
        clean = "".join(c if c.isprintable() else "?" for c in text)
        os.write(self._lines, f"{now} {clean}\n".encode())


def read(directory: Path) -> list[dict]:
    """All events of a lab directory in the order they were written."""
    path = directory / "log" / "events.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
