# SPDX-License-Identifier: GPL-2.0-or-later
"""Child processes that never outlive the lab, whatever becomes of it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before prctl could see it
        os._exit(1)


# Before a command: it dies when the thread that starts it does.  With a preexec_fn in its place
# subprocess would have to fork, and what this process touches afterwards would be copied.
DYING = ("setpriv", "--pdeathsig", "KILL")


class Component:
    """One forked server; `start` returns something with .port and .run()."""

    def __init__(self, name: str, start: Callable) -> None:
        self.name = name
        parent = os.getpid()
        reader, writer = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reader)
            self._child(parent, writer, start)
        os.close(writer)
        self.port = self._wait_for_port(reader)

    def _child(self, parent: int, writer: int, start: Callable) -> None:
        """Never returns.  Says its port, or why it has none, and serves."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            die_with_parent(parent)
            server = start()
            os.write(writer, str(server.port).encode())
            os.close(writer)
            server.run()
        except BaseException:
            traceback.print_exc()
        os._exit(1)

    def _wait_for_port(self, reader: int) -> int:
        with os.fdopen(reader, "rb") as pipe:
            said = pipe.read()
        if not said:
            os.waitpid(self.pid, 0)
            raise RuntimeError(f"the {self.name} did not start")
        return int(said)

    def stop(self) -> None:
        """Kills at once: the servers have nothing to put in order."""
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
