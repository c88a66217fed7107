#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A commit, or a reset, killed and failed at each of its system calls: old or new, then new.

Each call that touches the disk fails with an error of its own, those that read like those that
write: what cannot be read is not taken for absent, and a device that is live keeps its keys.  The
calls are enumerated from a recorded run, since strace counts per call name;
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
FAIL = {
    "access": "EACCES", "close": "EIO", "fchmod": "EPERM", "flock": "ENOLCK", "fstat": "EIO",
    "fstatfs": "EIO", "fsync": "EIO", "getdents64": "EIO", "lseek": "EIO", "mkdir": "EIO",
    "mkdirat": "ENOSPC", "newfstatat": "EIO", "openat": "ENFILE", "read": "EIO",
    "readlink": "EIO", "readlinkat": "EIO", "rename": "EIO", "renameat": "EIO", "symlink": "EIO",
    "symlinkat": "ENOSPC", "unlink": "EIO", "unlinkat": "EROFS", "write": "ENOSPC",
}  # fmt: skip
KILLED = -9
passed, failures = 0, []


def strace(options, *args):
    command = ["strace", "-qq", *options, COMMIT, *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def look(state):
    """TEXT of the live generation; None when it is torn."""
    result = subprocess.run([COMMIT, "look", state], capture_output=True, text=True, timeout=60)
    return result.stdout.strip() if result.returncode == 0 else None


def words(verb, state):
    return (verb, state) if verb == "wipe" else (verb, state, "new")


def counts(state, verb):
    """How often each call is made once the program is at its work."""
    trace = os.path.join(os.path.dirname(state), "trace")
    known = ["?" + call for call in FAIL]
    result = strace(["-o", trace, "-e", "trace=" + ",".join(known)], *words(verb, state))
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
    """A state of its own for each fault; what was there before is written once."""
    state, first = os.path.join(base, "state"), base + ".first"
    if not os.path.exists(first):
        os.makedirs(first)
        for text in ("older", "old") if kind != "fresh" else ():
            assert subprocess.run([COMMIT, "write", os.path.join(first, "state"), text]).returncode == 0
    shutil.rmtree(base, ignore_errors=True)
    shutil.copytree(first, base, symlinks=True)
    return state


def key_of_before(state):
    try:
        with open(os.path.join(state, "gen/0002/key.pem"), encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def check(label, state, kind, ended, expected):
    """After the fault: whole; after a second run: new, and nothing left over."""
    global passed
    before, after = "none" if kind == "fresh" else "old", "none" if kind == "wipe" else "new"
    now = look(state)
    key = key_of_before(state)
    again = subprocess.run([COMMIT, "write", state, "again"], capture_output=True, text=True, timeout=60)
    left = sorted(os.listdir(state))
    problems = []
    if not expected(ended):
        problems.append(f"ended with {ended}")
    if now not in (before, after):
        problems.append(f"live says {now!r}")
    if before == "old" and now != "none" and key != "old":
        problems.append("the key of before is gone")
    if again.returncode != 0 or look(state) != "again":
        problems.append(f"does not recover: {again.stderr.strip()}")
    if left != ["gen", "live", "lock", "owned"]:
        problems.append(f"leftovers {left}")
    if len(os.listdir(os.path.join(state, "gen"))) > 2:
        problems.append("more than two generations")
    if problems:
        failures.append(label)
        print(f"FAILED  {label}\n        {'; '.join(problems)}", flush=True)
    else:
        passed += 1
        print(f"ok      {label}", flush=True)


def fault(base, kind, verb, name, inject):
    state = prepare(base, kind)
    options = ["-o", "/dev/null", "-e", f"trace={name}", "-e", f"inject={name}:{inject}"]
    return state, strace(options, *words(verb, state)).returncode


def faults(base, kind):
    verb = "write" if kind in ("fresh", "replace") else kind
    calls = counts(prepare(base, kind), verb)
    print("planned", 2 * sum(end - begin + 1 for begin, end in calls.values()), flush=True)
    for name, (begin, end) in sorted(calls.items()):
        for n in range(begin, end + 1):
            state, ended = fault(base, kind, verb, name, f"signal=KILL:when={n}")
            check(f"{kind}: killed at {name} {n}", state, kind, ended, lambda r: r in (KILLED, 137))
            state, ended = fault(base, kind, verb, name, f"error={FAIL[name]}:when={n}")
            # a leftover that cannot be removed is logged, not a failure
            check(f"{kind}: {name} {n} fails", state, kind, ended, lambda r: r in (0, 5))


os.makedirs(TMP, exist_ok=True)
work = tempfile.mkdtemp(prefix="fault-", dir=TMP)
for each in ("fresh", "replace", "renew", "wipe"):
    faults(os.path.join(work, each), each)
shutil.rmtree(work, ignore_errors=True)
print(f"{passed} passed, {len(failures)} failed")
sys.exit(1 if failures or not passed else 0)
