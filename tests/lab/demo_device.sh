#!/bin/sh
# The device's side of the demo; the lab runs it with LAB_REGISTRAR_URL set.
# Usage: tests/lab/demo_device.sh AGENT DIR
set -eu
agent=$1
dir=$2
root=$dir/root

# What a device leaves the factory with: identity, MASA anchor, configuration.
mkdir -p "$root/etc/config" "$root/factory"
cp "$dir/lab/device/idevid-p256.pem" "$root/factory/idevid.pem"
cp "$dir/lab/device/idevid-p256.key" "$root/factory/idevid.key"
cp "$dir/lab/masa/root.pem" "$root/factory/masa.pem"
chmod 600 "$root/factory/idevid.key"
cat > "$root/etc/config/onramp" << END
config onramp 'main'
	option enabled '1'

config identity 'idevid'
	option cert '/factory/idevid.pem'
	option key '/factory/idevid.key'
	list masa_trust '/factory/masa.pem'

config registrar 'first'
	option url '$LAB_REGISTRAR_URL'

config enrol 'operational'
	option key_type 'ec256'
END

run() {
	echo "\$ onramp --root $root $*"
	"$agent" --root "$root" "$@" 2>&1
	echo
}
run run --once
echo "\$ find $root/etc"
(cd "$root" && find etc -printf '%M %8s  %p %l\n' | sort -k 3)
echo
echo "\$ cat $root/etc/config/onramp_state"
cat "$root/etc/config/onramp_state"
echo
live=$root/etc/onramp/live
echo "\$ openssl verify -CAfile live/roots.pem -untrusted live/chain.pem live/cert.pem"
openssl verify -CAfile "$live/roots.pem" -untrusted "$live/chain.pem" "$live/cert.pem"
echo
run run --once
run renew
run status
