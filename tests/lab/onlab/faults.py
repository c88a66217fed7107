# SPDX-License-Identifier: GPL-2.0-or-later
"""The misbehaviours: a table of names, and which of them are switched on.

A misbehaviour is declared beside the code that commits it, so that the table and the deed cannot
drift apart.  On the command line one reads NAME[@WHERE][:TIMES]: WHERE moves an http-* fault to
another exchange than the voucher's, TIMES lets it happen so often and no more.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

MASA, REGISTRAR, CA = "masa", "registrar", "ca"
PLACES = ("voucher", "voucher_status", "enrollstatus", "cmp")


@dataclass(frozen=True)
class Fault:
    name: str
    component: str
    text: str
    stage: str | None = None  # where in the component's work bend() comes in
    bend: Callable | None = None
    times: int | None = None  # how often unless the command line says otherwise; None: always


TABLE: dict[str, Fault] = {}


def declare(
    name: str, component: str, text: str, stage: str | None = None, bend: Callable | None = None,
    times: int | None = None,
) -> None:  # fmt: skip
    if name in TABLE:
        raise ValueError(f"two faults are called {name}")
    TABLE[name] = Fault(name, component, text, stage, bend, times)


def fault(
    name: str, component: str, stage: str, text: str, times: int | None = None
) -> Callable:  # fmt: skip
    """Decorates the function that commits the fault at one stage of the component's work."""

    def keep(bend: Callable) -> Callable:
        declare(name, component, text, stage, bend, times)
        return bend

    return keep


@dataclass
class Switch:
    """One fault switched on."""

    name: str
    where: str = "voucher"
    left: int | None = None  # None: for ever


def component_of(text: str) -> str:
    """Whose fault NAME[@WHERE][:TIMES] is.  The CA reads the rest of it by itself."""
    name = text.partition(":")[0].partition("@")[0]
    if name not in TABLE:
        raise ValueError(f"no fault is called {name}; `lab faults` lists them all")
    return TABLE[name].component


def parse(text: str) -> Switch:
    component_of(text)
    name, colon, times = text.partition(":")
    name, at, where = name.partition("@")
    if at and where not in PLACES:
        raise ValueError(f"{text}: WHERE is one of {', '.join(PLACES)}")
    if colon and not times.isdigit():
        raise ValueError(f"{text}: TIMES is a number")
    return Switch(name, where or "voucher", int(times) if colon else TABLE[name].times)


class Switches:
    """The faults of one component that are on, safe to ask from every thread."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._on = [parse(text) for text in texts]
        self._lock = threading.Lock()

    def __contains__(self, name: str) -> bool:
        """Whether it is on at all; does not use it up."""
        return any(switch.name == name for switch in self._on)

    def spend(self, name: str, where: str = "voucher") -> bool:
        """Whether to misbehave now; uses up one of its times."""
        with self._lock:
            for switch in self._on:
                if switch.name == name and switch.where == where and switch.left != 0:
                    if switch.left is not None:
                        switch.left -= 1
                    return True
        return False

    def at_stage(self, stage: str, where: str = "voucher") -> list[Fault]:
        """The faults to commit at this stage of this exchange, used up once each."""
        names = [switch.name for switch in self._on if switch.where == where]
        staged = [TABLE[name] for name in names if TABLE[name].stage == stage]
        return [found for found in staged if self.spend(found.name, where)]

    def bend(self, stage: str, thing, *context, where: str = "voucher"):
        """Passes a thing through every fault of the stage."""
        for found in self.at_stage(stage, where):
            thing = found.bend(thing, *context)
        return thing


def load_all() -> dict[str, Fault]:
    """The whole table; the CA keeps its own list."""
    for module in ("masafaults", "httpfaults", "registrar"):
        importlib.import_module(f"onlab.{module}")
    try:
        from onlab import cafaults
    except ImportError:
        return TABLE
    for name, text in cafaults.FAULTS.items():
        if name not in TABLE:
            declare(name, CA, text)
    return TABLE
