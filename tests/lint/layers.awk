# SPDX-License-Identifier: GPL-2.0-or-later
# Which directory may include which, and whose headers a library's are.
# Usage: awk -f tests/lint/layers.awk FILE...
BEGIN {
	base = "platform platform/base"
	know = base " platform/codec platform/crypto platform/pki"
	may["agent"]   = "agent voucher cmp " know " platform/tls platform/http" \
	                 " platform/coap platform/store platform/uci platform/net"
	may["voucher"] = "voucher " know
	may["cmp"]     = "cmp " know
	may["platform"]        = base
	may["platform/base"]   = "platform/base"
	may["platform/codec"]  = "platform/codec platform/base"
	may["platform/crypto"] = base " platform/codec platform/crypto platform/store"
	may["platform/pki"]    = know
	may["platform/tls"]    = know " platform/net platform/tls"
	may["platform/http"]   = base " platform/codec platform/pki platform/tls platform/http"
	may["platform/coap"]   = base " platform/codec platform/pki platform/tls platform/coap"
	may["platform/store"]  = base " platform/codec platform/store"
	may["platform/uci"]    = base " platform/store platform/uci"
	may["platform/net"]    = base " platform/codec platform/net"

	home["wolfssl"] = "platform/crypto platform/tls"
	home["curl"]    = "platform/http"
	home["ares"]    = "platform/net"
	home["coap3"]   = "platform/coap"
	home["cbor"] = home["jansson"] = home["expat"] = "platform/codec"

	# Trust is a type, and these alone may see its inside.
	only["platform/pki/trusted_make.h"] = "voucher/pin.c platform/pki/trusted.c"
}

function complain(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; bad = 1 }
function among(word, list) { return index(" " list " ", " " word " ") > 0 }
function dir(path) { sub("/[^/]*$", "", path); return path }

FNR == 1 { here = dir(FILENAME) }
here ~ /^tests/ { next }
FNR == 1 && !(here in may) { complain("no row for " here) }

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, q, "\"")
	if (!among(dir(q[2]), may[here]))
		complain(here " must not include " q[2])
	if (q[2] in only && !among(FILENAME, only[q[2]]))
		complain("only " only[q[2]] " may include " q[2])
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	split($0, q, "[<>/]")
	lib = q[2]
	sub(/\.h$/, "", lib)
	if (lib in home && !among(here, home[lib]))
		complain("library header outside its adapter: " $0)
	if (lib == "wolfssl" && !options && $0 !~ /wolfssl\/options\.h/)
		complain("wolfssl/options.h must be the first of its headers")
	if ($0 ~ /wolfssl\/options\.h/)
		options = 1
}
FNR == 1 { options = 0 }
END { exit bad }
