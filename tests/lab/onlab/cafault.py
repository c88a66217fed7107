# SPDX-License-Identifier: GPL-2.0-or-later
"""How the CA misbehaves on purpose: the register, and which entries are switched on.

On the command line one reads NAME[@WHERE][:TIMES].  WHERE says which answer is bent, the one with
the certificate if nothing is said; TIMES lets it happen so often and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

# The answers of an operation; "any" is each of them.
PLACES = ("ip", "waiting", "pollrep", "pkiconf", "cacerts", "rootupdate", "template", "crls", "rp",
          "error", "any")  # fmt: skip

# What an end entity that follows RFC 9483 makes of it.
ENDS = "ends"  # the operation has failed, and nothing more is sent in it
REJECTS = "rejects"  # certConf with status rejection; just fails if confirmation was implicit
TAKES = "takes"  # none of its business: all goes on
RETRIES = "retries"  # once more in a new transaction
POLICY = "policy"  # the profile leaves it to the end entity


# Where it can happen: in any enrolment, in any that is not worth an onboarding, or in one of a kind.
ANY_SCENE, TOOL_SCENE, MAC_SCENE, REVOKE_SCENE = "any", "tool", "mac", "revoke"
ROOT_SCENE, HASH_SCENE, CRL_SCENE, KEY_SCENE = "root", "hash", "crl", "key"


@dataclass(frozen=True)
class Fault:
    name: str
    text: str
    verdict: str
    stage: str  # "serve", "certificate", "delivery" or "draft"
    bend: Callable[..., None]
    place: str | None  # where it must happen; None: where the command line says
    options: dict[str, Any]  # options it makes no sense without
    scene: str = ANY_SCENE  # the kind of operation it can happen in


REGISTER: dict[str, Fault] = {}


def declare(
    name: str,
    text: str,
    bend: Callable[..., None],
    verdict: str = ENDS,
    stage: str = "draft",
    place: str | None = None,
    scene: str = ANY_SCENE,
    **options: Any,
) -> None:
    if name in REGISTER:
        raise ValueError(f"two faults are called {name}")
    REGISTER[name] = Fault(name, text, verdict, stage, bend, place, options, scene)


def fault(name: str, text: str, *args: Any, **more: Any) -> Callable:
    """Declares the decorated function as the deed itself."""

    def keep(bend: Callable[..., None]) -> Callable[..., None]:
        declare(name, text, bend, *args, **more)
        return bend

    return keep


@dataclass
class Switch:
    fault: Fault
    place: str
    left: int | None = None  # None: for ever


@dataclass
class Switches:
    """The faults that are on.  Used under the CA's lock."""

    on: list[Switch] = field(default_factory=list)
    committed: int = 0

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Switches:
        return cls([_parse(text) for text in sorted(texts)])

    def options(self) -> dict[str, Any]:
        wanted: dict[str, Any] = {}
        for switch in self.on:
            wanted.update(switch.fault.options)
        return wanted

    def spend(self, stage: str, place: str) -> list[Fault]:
        """The faults to commit here, used up once each."""
        found = []
        for switch in self.on:
            here = switch.place in (place, "any")
            if switch.fault.stage == stage and here and switch.left != 0:
                if switch.left is not None:
                    switch.left -= 1
                found.append(switch.fault)
        self.committed += len(found)
        return found


def _parse(text: str) -> Switch:
    name, colon, times = text.partition(":")
    name, at, where = name.partition("@")
    if name not in REGISTER:
        raise ValueError(f"{text}: no such fault of the CA")
    if at and where not in PLACES:
        raise ValueError(f"{text}: WHERE is one of {', '.join(PLACES)}")
    if colon and not times.isdigit():
        raise ValueError(f"{text}: TIMES is a number")
    known = REGISTER[name]
    return Switch(known, where or known.place or "ip", int(times) if colon else None)
