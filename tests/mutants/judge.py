# SPDX-License-Identifier: GPL-2.0-or-later
"""Which commands run a named test, and whether one of them notices a mutant.

A test is named as in docs/conformance.md: `pki/path: dates are judged` is a unit test, `lab NAME` a
scenario, `cmp_openssl NAME` a case of tests/interop; beside them `lint`, `fault`, `durable` (its part
that is quick) and `replay` are a kind of tests as a whole, and `unit PREFIX` all suites with that prefix.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

UNIT_S, LAB_S, KIND_S = 180, 300, 600  # a mutant that hangs is noticed, too
PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class Run:
    """One command, what has to be built for it, and how long it may take."""

    name: str
    command: tuple[str, ...]
    builds: str
    seconds: int


def unit(prefix: str) -> Run:
    words = ("build/unit", *((prefix,) if prefix else ()))
    return Run(f"unit {prefix}".strip(), words, "build/unit", UNIT_S if prefix else KIND_S)


def lab(names: tuple[str, ...]) -> Run:
    words = [PYTHON, "tests/lab/run.py", "--agent", "build/san/onramp", "-j", "4"]
    for name in names:
        words += ["--only", name]
    return Run("lab " + (" ".join(names) or "all"), tuple(words), "build/san/onramp",
               LAB_S if names else 4 * KIND_S)  # fmt: skip


KINDS = {
    "lint": Run("lint", ("sh", "tests/lint/run"), "", KIND_S),
    "fault": Run("fault", ("sh", "tests/fault/run", "build"), "build/fault/commit", KIND_S),
    "durable": Run("durable", (PYTHON, "tests/fault/durable.py", "build/fault/commit", "build/tmp"),
                   "build/fault/commit", KIND_S),  # fmt: skip
    "replay": Run("replay", ("sh", "tests/fuzz/replay.sh", "build"), "replays", KIND_S),
}


def interop(script: str, name: str) -> Run:
    return Run(f"{script} {name}", ("sh", f"tests/interop/{script}.sh", name), "build/onramp",
               LAB_S)  # fmt: skip


def runs_of(tests: list[str]) -> list[Run]:
    """The commands for the tests of a row, the quick ones first.  ValueError: a test has no name
    that is understood."""
    units, scenarios, others = [], [], []
    for test in tests:
        kind, _, name = test.partition(" ")
        suite = re.match(r"[a-z]+/[a-z0-9_]+(?=: |$)", test)
        if suite:
            units.append(unit(suite[0]))
        elif kind == "unit":
            units.append(unit(name))
        elif kind == "lab" and name:
            scenarios.append(name)
        elif kind in ("cmp_openssl", "show_openssl") and name:
            others.append(interop(kind, name))
        elif kind in KINDS:
            others.append(KINDS[kind])
        else:
            raise ValueError(f"a test named {test!r} is not understood")
    runs = units + ([lab(tuple(scenarios))] if scenarios else []) + others
    return list(dict.fromkeys(runs))


def runs_for(file: str) -> list[Run]:
    """Where a row names no tests: from the suite of the file to everything."""
    parts = Path(file).with_suffix("").parts
    room = parts[-2] if len(parts) > 1 else ""
    if parts[0] == "tests":
        return [KINDS["lint"], unit(""), lab(())]
    return [unit(f"{room}/{parts[-1]}"), unit(f"{room}/"), unit(""), KINDS["replay"],
            KINDS["fault"], lab(())]  # fmt: skip


@dataclass
class Verdict:
    noticed: bool
    by: str


def _end(process: subprocess.Popen) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def perform(run: Run, tree: Path, environment: dict[str, str]) -> Verdict:
    """Runs a command until its end, or the first test that fails."""
    process = subprocess.Popen(run.command, cwd=tree, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True)  # fmt: skip
    ends, text, found_any = time.monotonic() + run.seconds, b"", False
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, ends - time.monotonic())):
                _end(process)
                return Verdict(True, f"{run.name}: not done after {run.seconds} s")
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                break
            text = text[text.rfind(b"\n") + 1:] + piece
            failed = re.search(rb"^FAILED +(.+)\n", text, re.M)
            found_any = found_any or re.search(rb"^[1-9][0-9]* passed", text, re.M) is not None
            if failed:
                _end(process)
                return Verdict(True, f"{run.name}: {failed[1].decode(errors='replace')}")
    status = process.wait()
    if status == 0 and not found_any:
        return Verdict(False, "nothing ran")
    return Verdict(status != 0, f"{run.name}: ended with status {status}")
