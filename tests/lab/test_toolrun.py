#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the judgement of the tool's scenarios: what must not pass does not.

Run it as `python3 tests/lab/test_toolrun.py`; it needs no agent, since it brings bad ones.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import toolrun  # noqa: E402
from cmp_scenarios import SECRET, Tool  # noqa: E402
from onlab import cacase, judge  # noqa: E402

NUMBERS = judge.error_numbers(HERE.parents[1] / "platform/base/err.h")
BASE: Path
KEY = "openssl ecparam -name prime256v1 -genkey -noout -out new.key; chmod 600 new.key"


def setUpModule() -> None:
    global BASE
    BASE = cacase.make_base()


tearDownModule = cacase.remove_base


class Judgement(unittest.TestCase):
    """Each `tool` here is a line of shell, run in the scenario's directory."""

    def complaints(self, script: str, row: Tool | None = None, **more) -> list[str]:
        directory = Path(tempfile.mkdtemp(dir=BASE))
        pki = directory / "base"
        pki.mkdir()
        for name in ("device", "domain", "manufacturer", "other"):
            (pki / name).symlink_to(BASE / name)
        tool = directory / "tool"
        tool.write_text(f"#!/bin/sh\ncd {directory} || exit 99\n{script}\n")
        tool.chmod(0o755)
        more = {"transactions": None, **more}
        try:
            return toolrun.run(row or Tool("t", "ir", **more), tool, directory, pki, NUMBERS)
        finally:
            shutil.rmtree(directory)

    def assert_complains(self, about: str, script: str, **more) -> None:
        found = self.complaints(script, **more)
        self.assertTrue([one for one in found if about in one], f"{about!r} not in {found}")

    def test_ends(self) -> None:
        self.assertEqual(self.complaints("exit 65", exits=frozenset({"CMP_PROTECTION"})), [])
        self.assertEqual(self.complaints("exit 65", exits=frozenset({"*"})), [])
        self.assert_complains("ended with CMP_SYNTAX", "exit 60",
                              exits=frozenset({"CMP_PROTECTION"}))  # fmt: skip
        self.assert_complains("ended with USAGE", "exit 2", exits=frozenset({"*"}))
        self.assert_complains("ended with OK", "exit 0", exits=frozenset({"*"}))
        self.assert_complains("it crashed", "kill -SEGV $$")
        self.assert_complains("in time", "sleep 5", seconds=1)

    def test_output(self) -> None:
        self.assert_complains("sanitizer", "echo 'x.c:1: runtime error: shift'")
        self.assert_complains("control characters", "printf '\\033[2J'")
        self.assert_complains("secret", f"echo {SECRET}", by="pbmac1",
                              ca=("--cmp-secret", SECRET))  # fmt: skip

    def test_certificates(self) -> None:
        self.assert_complains("left no certificate", "exit 0")
        device, other = ("lab/domain/device", "lab/other/ee")
        take = "cp {0}.pem new.pem; cp {0}.key new.key; chmod 600 new.key"
        self.assertEqual(self.complaints(take.format(device) + "; tail -n +1 lab/domain/sub.pem "
                                         "> chain.pem"), [])  # fmt: skip
        self.assert_complains("another key", f"cp {device}.pem new.pem; {KEY}")
        self.assert_complains("do not lead", take.format(other))
        self.assert_complains("openssl verify", take.format(other))
        self.assert_complains("others may read", take.format(device) + "; chmod 644 new.key")
        self.assert_complains("0 certificates issued", take.format(device), issued=1)
        self.assert_complains("roots written", take.format(device), by="pbm",
                              ca=("--cmp-secret", SECRET))  # fmt: skip

    def test_what_a_failure_leaves(self) -> None:
        for name in ("new.pem", "root.pem", "sub.crl", "roots.pem"):
            self.assert_complains(f"left {name}", f"touch {name}; exit 65",
                                  exits=frozenset({"*"}))  # fmt: skip

    def test_information(self) -> None:
        for operation, name in (("getcacerts", "cas.pem"), ("getrootupdate", "root.pem"),
                                ("getcertreqtemplate", "template.der"), ("getcrls", "sub.crl")):  # fmt: skip
            row = Tool("t", operation, transactions=None)
            self.assert_complains(f"{name} is missing", "exit 0", row=row)
            row = Tool("t-none", operation, transactions=None)
            self.assertEqual(self.complaints("exit 0", row), [])
            self.assert_complains(f"{name} is there", f"touch {name}", row=row)
        row = Tool("t", "getrootupdate", transactions=None)
        self.assert_complains("not the one that follows", "cp lab/domain/clone-root.pem root.pem",
                              row=row)  # fmt: skip
        row = Tool("t", "getcrls", transactions=None)
        self.assert_complains("openssl crl", "echo > sub.crl", row=row)

    def test_revocation_and_transactions(self) -> None:
        row = Tool("t", "rr", transactions=None)
        self.assert_complains("nothing was revoked", "exit 0", row=row)
        self.assert_complains("0 transactions", "exit 0", transactions=1)
        self.assert_complains("0 pollReq", "exit 0", polls=2)
        self.assert_complains("certConf: 0", "exit 0", confirms=True)
        self.assert_complains("not heard of the rejection", "exit 0", rejects=True)

    def test_killed(self) -> None:
        self.assert_complains("kept no journal", "exit 0", killed=True)


if __name__ == "__main__":
    unittest.main()
