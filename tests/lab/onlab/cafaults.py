# SPDX-License-Identifier: GPL-2.0-or-later
"""Every misbehaviour of the CA by name, with what it is and what a sound end entity makes of it."""

from __future__ import annotations

# Importing a module puts its faults into the register.
from onlab import cafaultbody, cafaultcert, cafaulthead  # noqa: F401
from onlab import cafaultinfo, cafaultmac, cafaultsigner, cafaultwire  # noqa: F401
from onlab.cafault import ANY_SCENE, MAC_SCENE, PLACES, REGISTER, TOOL_SCENE, Switches

FAULTS: dict[str, str] = {name: fault.text for name, fault in sorted(REGISTER.items())}
VERDICTS: dict[str, str] = {name: fault.verdict for name, fault in sorted(REGISTER.items())}


def of_scene(scene: str) -> dict[str, str]:
    """Verdicts of what can happen in one kind of operation."""
    return {name: fault.verdict for name, fault in sorted(REGISTER.items()) if fault.scene == scene}


__all__ = [
    "ANY_SCENE", "FAULTS", "MAC_SCENE", "PLACES", "REGISTER", "TOOL_SCENE", "VERDICTS", "Switches",
    "of_scene",
]  # fmt: skip
