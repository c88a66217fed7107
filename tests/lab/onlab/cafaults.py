# SPDX-License-Identifier: GPL-2.0-or-later
"""Every misbehaviour of the CA by name, with what it is and what a sound end entity makes of it."""

from __future__ import annotations

# Importing a module puts its faults into the register.
from onlab import cafaultbody, cafaultcert, cafaulthead  # noqa: F401
from onlab import cafaultcrl, cafaultinfo, cafaultkey, cafaultmac, cafaultroot  # noqa: F401
from onlab import cafaultsigner, cafaultwire  # noqa: F401
from onlab.cafault import (
    ANY_SCENE, CRL_SCENE, HASH_SCENE, KEY_SCENE, MAC_SCENE, PLACES, REGISTER, REVOKE_SCENE,
    ROOT_SCENE, TOOL_SCENE, Switches,
)  # fmt: skip

FAULTS: dict[str, str] = {name: fault.text for name, fault in sorted(REGISTER.items())}
VERDICTS: dict[str, str] = {name: fault.verdict for name, fault in sorted(REGISTER.items())}


def of_scene(scene: str) -> dict[str, str]:
    """Verdicts of what can happen in one kind of operation."""
    return {name: fault.verdict for name, fault in sorted(REGISTER.items()) if fault.scene == scene}


__all__ = [
    "ANY_SCENE", "CRL_SCENE", "FAULTS", "HASH_SCENE", "KEY_SCENE", "MAC_SCENE", "PLACES", "REGISTER",
    "REVOKE_SCENE", "ROOT_SCENE", "TOOL_SCENE", "VERDICTS", "Switches", "of_scene",
]  # fmt: skip
