#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A commit killed, or failed, at each of its system calls: old or new, then new.

The calls are enumerated from a recorded run, since strace counts per call name;
each fault must be seen to have happened, or the case proves nothing.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

COMMIT, TMP = sys.argv[1:3]
CALLS = (
    "openat,close,write,read,fsync,rename,renameat,unlink,unlinkat,mkdir,mkdirat,symlink,symlinkat,"
    "readlink,readlinkat,fchmod,flock,newfstatat,fstat,fstatfs,getdents64,access,lseek"
).split(",")
FAIL = {"openat": "ENFILE", "write": "ENOSPC", "fsync": "EIO", "renameat": "EIO", "mkdirat": "ENOSPC",
        "symlinkat": "ENOSPC", "unlinkat": "EROFS", "fchmod": "EPERM", "flock": "ENOLCK"}
KILLED = -9
passed, failures = 0, []


def strace(options, *args):
    command = ["strace", "-qq", *options, COMMIT, *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def look(state):
    """TEXT of the live generation; None when it is torn."""
    result = subprocess.run([COMMIT, "look", state], capture_output=True, text=True, timeout=60)
    return result.stdout.strip() if result.returncode == 0 else None


def counts(state, verb):
    """How often each call is made once the program is at its work."""
    trace = os.path.join(os.path.dirname(state), "trace")
    known = ["?" + call for call in CALLS]
    result = strace(["-o", trace, "-e", "trace=" + ",".join(known)], verb, state, "new")
    assert result.returncode == 0, result.stderr
    first, seen, total = None, collections.Counter(), collections.Counter()
    with open(trace, encoding="utf-8") as lines:
        for line in lines:
            match = re.match(r"(\w+)\(", line)
            if not match:
                continue
            name = match.group(1)
            if first is None and state in line:
                first = dict(seen)
            seen[name] += 1
            if first is not None:
                total[name] += 1
    return {name: (first.get(name, 0) + 1, first.get(name, 0) + n) for name, n in total.items()}


def prepare(base, kind):
    state = os.path.join(base, "state")
    shutil.rmtree(base, ignore_errors=True)
    os.makedirs(base)
    if kind != "fresh":
        for text in ("older", "old"):
            assert subprocess.run([COMMIT, "write", state, text]).returncode == 0
    return state


def check(label, state, before, ended, expected):
    """After the fault: whole; after a second run: new, and nothing left over."""
    global passed
    now = look(state)
    again = subprocess.run([COMMIT, "write", state, "again"], capture_output=True, text=True, timeout=60)
    left = sorted(os.listdir(state))
    problems = []
    if not expected(ended):
        problems.append(f"ended with {ended}")
    if now not in (before, "new"):
        problems.append(f"live says {now!r}")
    if again.returncode != 0 or look(state) != "again":
        problems.append(f"does not recover: {again.stderr.strip()}")
    if left != ["gen", "live", "lock"]:
        problems.append(f"leftovers {left}")
    if len(os.listdir(os.path.join(state, "gen"))) > 2:
        problems.append("more than two generations")
    if problems:
        failures.append(f"{label}: {'; '.join(problems)}")
    else:
        passed += 1


def faults(base, kind):
    state = prepare(base, kind)
    before = "none" if kind == "fresh" else "old"
    verb = "renew" if kind == "renew" else "write"
    calls = counts(state, verb)
    for name, (begin, end) in sorted(calls.items()):
        for n in range(begin, end + 1):
            state = prepare(base, kind)
            inject = f"inject={name}:signal=KILL:when={n}"
            result = strace(["-o", "/dev/null", "-e", f"trace={name}", "-e", inject], verb, state, "new")
            check(f"{kind}: killed at {name} {n}", state, before, result.returncode, lambda r: r in (KILLED, 137))
            if name not in FAIL:
                continue
            state = prepare(base, kind)
            inject = f"inject={name}:error={FAIL[name]}:when={n}"
            result = strace(["-o", "/dev/null", "-e", f"trace={name}", "-e", inject], verb, state, "new")
            # a leftover that cannot be removed is logged, not a failure
            check(f"{kind}: {name} {n} fails", state, before, result.returncode, lambda r: r in (0, 5))


os.makedirs(TMP, exist_ok=True)
work = tempfile.mkdtemp(prefix="fault-", dir=TMP)
for each in ("fresh", "replace", "renew"):
    faults(os.path.join(work, each), each)
shutil.rmtree(work, ignore_errors=True)
for line in failures:
    print("FAILED  " + line)
print(f"{passed} passed, {len(failures)} failed")
sys.exit(1 if failures or not passed else 0)
