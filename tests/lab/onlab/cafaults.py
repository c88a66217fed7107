# SPDX-License-Identifier: GPL-2.0-or-later
"""Every misbehaviour of the CA by name, with what it is and what a sound end entity makes of it."""

from __future__ import annotations

# Importing a module puts its faults into the register.
from onlab import cafaultbody, cafaultcert, cafaulthead  # noqa: F401
from onlab import cafaultinfo, cafaultsigner, cafaultwire  # noqa: F401
from onlab.cafault import PLACES, REGISTER, Switches

FAULTS: dict[str, str] = {name: fault.text for name, fault in sorted(REGISTER.items())}
VERDICTS: dict[str, str] = {name: fault.verdict for name, fault in sorted(REGISTER.items())}

__all__ = ["FAULTS", "PLACES", "VERDICTS", "Switches"]
