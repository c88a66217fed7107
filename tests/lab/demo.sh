#!/bin/sh
# The main job on this machine: a factory-new device, its manufacturer, its
# owner's registrar and CA, and one `onramp run --once` between them.
# Usage: tests/lab/demo.sh AGENT DIR
set -eu
agent=$(realpath "$1")
dir=$2
here=$(dirname "$0")

rm -rf "$dir"
mkdir -p "$dir"
exec /usr/bin/python3 "$here/lab" up "$dir/lab" --exec sh "$here/demo_device.sh" "$agent" "$dir"
