#!/bin/sh
# The stripped agent's size, and its peak memory during the demo.
# Usage: tests/bench/size.sh AGENT BUILD
set -eu
agent=$1 build=$2
cp "$agent" "$build/onramp.stripped"
${STRIP:-strip} "$build/onramp.stripped"
echo "stripped: $(stat -c %s "$build/onramp.stripped") bytes"
${SIZE:-size} "$build/onramp.stripped"
cat > "$build/measured" << END
#!/usr/bin/python3
import os, resource, subprocess, sys
r = subprocess.run(["$(realpath "$agent")"] + sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
with open("$(realpath "$build")/peak", "a") as f:
    print(peak, *sys.argv[1:], file=f)
sys.exit(r.returncode)
END
chmod +x "$build/measured"
rm -f "$build/peak"
sh tests/lab/demo.sh "$build/measured" "$build/demo" > /dev/null 2>&1
awk '{ print "peak memory: " $1 " kB (onramp " $4 " " $5 ")" }' "$build/peak" | head -n 1
echo "of which the libraries' own start: $(/usr/bin/python3 -c '
import resource, subprocess
subprocess.run(["'"$agent"'", "--version"], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)') kB (onramp --version)"
