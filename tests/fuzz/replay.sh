#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Feeds the committed corpora, and third-party data where it is, to the fuzz
# targets as built by `make replay`.  Usage: replay.sh BUILD
set -u
build=$1
vectors=${ONRAMP_VECTORS:-../shared/vectors}
passed=0 failed=0 skipped=0

feed() { # target, what, where
	if out=$(timeout 300 "$build/replay/fuzz_$1" "$3" 2>&1); then
		echo "ok      $1: $2, $out"
		passed=$((passed + 1))
	else
		echo "FAILED  $1: $2"
		echo "$out" | tail -n 40
		failed=$((failed + 1))
	fi
}

skip() { # target, reason
	echo "skipped: $1: $2"
	skipped=$((skipped + 1))
}

# The corpus of OpenSSL's CMP fuzzer, for every target that reads DER.
cmp_corpus=$build/replay/openssl-cmp
unpack() {
	[ ! -d "$cmp_corpus" ] || return 0
	mkdir -p "$cmp_corpus.new" &&
		tar -xJf "$vectors/openssl-cmp-corpus/cmp.tar.xz" -C "$cmp_corpus.new" &&
		mv "$cmp_corpus.new" "$cmp_corpus"
}

third_party() { # target
	case $1 in
	ber | der | x509 | cms | cmp | show)
		if [ ! -e "$vectors/openssl-cmp-corpus/cmp.tar.xz" ]; then
			skip "$1" "openssl-cmp-corpus is not here"
		elif ! unpack; then
			skip "$1" "openssl-cmp-corpus cannot be unpacked (tar, xz)"
		else
			feed "$1" "OpenSSL's CMP corpus" "$cmp_corpus"
		fi
		;;
	json | voucher)
		if [ -d "$vectors/JSONTestSuite/test_parsing" ]; then
			feed "$1" "JSONTestSuite" "$vectors/JSONTestSuite/test_parsing"
		else
			skip "$1" "JSONTestSuite is not here"
		fi
		;;
	esac
}

# eight of them are fed with what others collected, too: see third_party()
set -- tests/fuzz/fuzz_*.c
echo "planned $(($# + 8))"
for source; do
	target=$(basename "$source" .c)
	target=${target#fuzz_}
	feed "$target" "own corpus" "tests/fuzz/corpus/$target"
	third_party "$target"
done

if [ $skipped != 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed = 0 ]
