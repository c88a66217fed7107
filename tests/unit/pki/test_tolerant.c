/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tolerances, each beside what is near it and refused: whole paths of three
 * certificates that are signed as they are, the oddity in any of them.
 */
#include "platform/pki/internal.h"
#include "tests/unit/fake/x509.h"
#include "tests/unit/test.h"

static uint8_t block[1 << 18];

enum { LEAF = 1, ALL = 7 };

/* "/O=A+CN=B", the attributes in the order of neither DER nor text */
#define TWISTED   "3016 3114 3008 060355040a 0c0141 3008 0603550403 0c0142"
#define SORTED    "3016 3114 3008 0603550403 0c0142 3008 060355040a 0c0141"
#define OCTETS_31 "11223344556677889900aabbccddeeff11223344556677889900aabbccddee"
#define POINTS    "300b 3009 a007 a005 8603 613a62"

static const struct {
	const char *what;
	unsigned where; /* the certificates that have it, one after the other */
	struct fake_parts odd;
	enum err want;
} rows[] = {
	{ "nothing odd", ALL, { .extensions = "" }, OK },
	/* RFC 5280 4.1.2.2 */
	{ "a negative serial number", ALL, { .serial = "020180" }, OK },
	{ "a serial number of -1", ALL, { .serial = "0201ff" }, OK },
	{ "a long negative one",
	  ALL,
	  { .serial = "0214 8011223344556677889900aabbccddeeff112233" },
	  OK },
	{ "a serial number of zero", ALL, { .serial = "020100" }, OK },
	{ "of 21 octets",
	  ALL,
	  { .serial = "0215 7f112233445566778899aabbccddeeff0011223344" },
	  OK },
	{ "of 32 octets", ALL, { .serial = "0220 7f" OCTETS_31 }, OK },
	{ "of 33 octets", ALL, { .serial = "0221 7f00" OCTETS_31 }, E_CERT_SYNTAX },
	{ "not in its shortest form", ALL, { .serial = "0202 0001" }, E_CERT_SYNTAX },
	{ "negative, not in its shortest form", ALL, { .serial = "0202 ff80" }, E_CERT_SYNTAX },
	{ "an OCTET STRING as serial number", LEAF, { .serial = "040101" }, E_CERT_SYNTAX },
	/* X.690 11.5 */
	{ "version 1 encoded", LEAF, { .version = "a003 020100", .extensions = NULL }, OK },
	{ "version 4", ALL, { .version = "a003 020103" }, E_CERT_SYNTAX },
	{ "critical FALSE encoded",
	  ALL,
	  { .extensions = "300e 0603 2a0304 010100 0404 02020102" },
	  OK },
	{ "critical of 01",
	  ALL,
	  { .extensions = "300e 0603 2a0304 010101 0404 02020102" },
	  E_CERT_SYNTAX },
	{ "critical TRUE, of nobody", ALL, { .extensions = X_CRITICAL }, E_CERT_CRITICAL },
	/* X.690 11.6 */
	{ "a subject out of order", LEAF, { .subject_der = TWISTED }, OK },
	{ "a subject in order", LEAF, { .subject_der = SORTED }, OK },
	{ "an attribute in no SET",
	  LEAF,
	  { .subject_der = "300c 300a 3008 0603550403 0c0141" },
	  E_CERT_SYNTAX },
	{ "a directoryName out of order",
	  LEAF,
	  { .extensions = "3023 0603551d11 041c 301a a418" TWISTED },
	  OK },
	{ "a directoryName with an empty RDN",
	  LEAF,
	  { .extensions = "300f 0603551d11 0408 3006 a404 3002 3100" },
	  E_CERT_SYNTAX },
	/* X.690 11.2.2, RFC 5280 4.2.1.3 */
	{ "zero bits behind keyUsage",
	  LEAF,
	  { .extensions = "300b 0603551d0f 0404 030205a0" },
	  OK },
	{ "all eight bits of keyUsage",
	  LEAF,
	  { .extensions = "300b 0603551d0f 0404 03020080" },
	  OK },
	{ "keyUsage of nothing",
	  LEAF,
	  { .extensions = "300b 0603551d0f 0404 03020000" },
	  E_CERT_SYNTAX },
	{ "an empty keyUsage",
	  LEAF,
	  { .extensions = "300a 0603551d0f 0403 030100" },
	  E_CERT_SYNTAX },
	{ "an unused bit of keyUsage that is set",
	  LEAF,
	  { .extensions = "300b 0603551d0f 0404 030206a0" },
	  E_CERT_SYNTAX },
	/* RFC 5280 4.2.1.1, A.2 */
	{ "a key identifier and an issuer",
	  ALL,
	  { .extensions = "301d 0603551d23 0416 3014 8000 a110 a40e" NAME_A },
	  OK },
	{ "a key identifier and a number",
	  ALL,
	  { .extensions = "300e 0603551d23 0407 3005 8000 820101" },
	  OK },
	{ "an issuer that is no name",
	  ALL,
	  { .extensions = "300f 0603551d23 0408 3006 8000 a102 0500" },
	  E_CERT_SYNTAX },
	{ "a number of no octets",
	  ALL,
	  { .extensions = "300d 0603551d23 0406 3004 8000 8200" },
	  E_CERT_SYNTAX },
	/* RFC 5280 4.2 */
	{ "a critical authorityKeyIdentifier",
	  ALL,
	  { .extensions = "300e 0603551d23 0101ff 0404 3002 8000" },
	  OK },
	{ "a critical subjectKeyIdentifier",
	  ALL,
	  { .extensions = "300c 0603551d0e 0101ff 0402 0400" },
	  OK },
	{ "critical distribution points",
	  ALL,
	  { .extensions = "3017 0603551d1f 0101ff 040d" POINTS },
	  OK },
	{ "a critical one that cannot be read",
	  ALL,
	  { .extensions = "300e 0603551d1f 0101ff 0404 3002 0500" },
	  E_CERT_SYNTAX },
	{ "a critical authorityInfoAccess",
	  ALL,
	  { .extensions = "301a 06082b06010505070101 0101ff 040b 3009 3007 0601 2a 8602 613a" },
	  E_CERT_CRITICAL },
	{ "an extension twice", ALL, { .extensions = X_UNKNOWN X_UNKNOWN }, E_CERT_SYNTAX },
	{ "an empty list of extensions",
	  LEAF,
	  { .extensions = NULL, .after_spki = "a302 3000" },
	  OK },
	{ "no list in its place",
	  LEAF,
	  { .extensions = NULL, .after_spki = "a300" },
	  E_CERT_SYNTAX },
	/* RFC 5280 4.2.1.9, 6.1.4 k */
	{ "cA FALSE encoded", LEAF, { .extensions = "300c 0603551d13 0405 3003 010100" }, OK },
	{ "cA of 01", LEAF, { .extensions = "300c 0603551d13 0405 3003 010101" }, E_CERT_SYNTAX },
	{ "a path length without cA",
	  LEAF,
	  { .extensions = "300c 0603551d13 0405 3003 020100" },
	  E_CERT_SYNTAX },
	{ "a path length with cA FALSE",
	  LEAF,
	  { .extensions = "300f 0603551d13 0408 3006 010100 020100" },
	  E_CERT_SYNTAX },
	/* RFC 5758 3.2 */
	{ "a NULL behind ecdsa-with-SHA256",
	  ALL,
	  { .inner_alg = "300c 0608 2a8648ce3d040302 0500",
	    .alg = "300c 0608 2a8648ce3d040302 0500" },
	  OK },
	{ "inside alone", ALL, { .inner_alg = "300c 0608 2a8648ce3d040302 0500" }, E_CERT_SYNTAX },
	{ "outside alone", ALL, { .alg = "300c 0608 2a8648ce3d040302 0500" }, E_CERT_SYNTAX },
	{ "an empty SEQUENCE behind it",
	  LEAF,
	  { .inner_alg = "300c 0608 2a8648ce3d040302 3000",
	    .alg = "300c 0608 2a8648ce3d040302 3000" },
	  E_CERT_SYNTAX },
	/* RFC 5280 4.1.2.5.1, 4.1.2.5.2 */
	{ "a time without seconds",
	  ALL,
	  { .validity = "301c 170b 323630313031303030305a 170d 3436303130313030303030305a" },
	  E_CERT_SYNTAX },
	{ "a time with an offset",
	  ALL,
	  { .validity = "3022 1711 3236303130313030303030302b30303030 170d "
	                "3436303130313030303030305a" },
	  E_CERT_SYNTAX },
	{ "a time with a fraction",
	  ALL,
	  { .validity = "3022 1811 32303236303130313030303030302e305a 170d "
	                "3436303130313030303030305a" },
	  E_CERT_SYNTAX },
};

static struct signer *keys[3];
static struct arena arena;

/* Every list of extensions has what its place asks for, and then what is odd. */
static const char *with(const char *own, const char *odd)
{
	size_t n = strlen(own), more = strlen(odd);
	char *text = arena_take(&arena, n + more + 1);

	memcpy(text, own, n);
	memcpy(text + n, odd, more + 1);
	return text;
}

/* place: 0 the leaf, 1 its issuer, 2 the root */
static struct span certificate(int place, const struct fake_parts *odd, const char *own)
{
	static const char *const names[] = { "/CN=Leaf", "/CN=Sub", "/CN=Root", "/CN=Root" };
	struct fake_parts p = odd != NULL ? *odd : (struct fake_parts){ .extensions = "" };
	bool bare = p.extensions == NULL && (p.after_spki != NULL || p.version != NULL);

	p.issuer = names[place + 1];
	p.subject = names[place];
	p.spki = signer_spki(keys[place]);
	p.key = keys[place < 2 ? place + 1 : 2];
	p.extensions = bare ? NULL : with(own, p.extensions != NULL ? p.extensions : "");
	return fake_x509(&arena, &p);
}

static enum err judge(const struct fake_parts *odd, int where, const char *ca)
{
	struct anchors anchors = { .n = 0 };
	struct cert leaf;
	struct path path;
	struct span pool = certificate(1, where == 1 ? odd : NULL, ca);
	struct path_request r = {
		.target = &leaf,
		.anchors = &anchors,
		.pool = &pool,
		.pool_count = 1,
		.now = x509_now,
	};
	enum err e = cert_read(certificate(0, where == 0 ? odd : NULL, ""), &leaf);

	CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, certificate(2, where == 2 ? odd : NULL, ca)));
	return e == OK ? path_check(&r, &path) : e;
}

static void begin(void)
{
	for (size_t i = 0; i < 3; i++)
		CHECK_OK(signer_generate(&keys[i], KEY_KIND_EC256));
}

static void end(void)
{
	for (size_t i = 0; i < 3; i++)
		signer_close(keys[i]);
}

static void judges_paths(void)
{
	begin();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (int where = 0; where < 3; where++) {
			arena = (struct arena)ARENA_ON(block);
			if (rows[i].where & 1u << where)
				test_check_err(judge(&rows[i].odd, where, X_CA), rows[i].want,
				               rows[i].what, __FILE__, __LINE__);
		}
	end();
}

/* RFC 5280 6.1.4 k: there, and cA; 6.1.4 n: keyUsage. */
static void judges_issuers(void)
{
	static const struct {
		const char *what, *ca;
		enum err want;
	} cas[] = {
		{ "basicConstraints not critical", X_CA_LAX, OK },
		{ "with critical FALSE encoded", "300f 0603551d13 010100 0405 3003 0101ff", OK },
		{ "zero bits behind keyCertSign", X_CA "300b 0603551d0f 0404 03020006", OK },
		{ "none", X_UNKNOWN, E_CERT_CA },
		{ "none, but keyCertSign", X_KU_CERT, E_CERT_CA },
		{ "cA FALSE encoded", "300c 0603551d13 0405 3003 010100", E_CERT_CA },
		{ "empty", "3009 0603551d13 0402 3000", E_CERT_CA },
		{ "another usage", X_CA_LAX X_KU_SIGN, E_CERT_CA },
	};

	begin();
	for (size_t i = 0; i < sizeof cas / sizeof *cas; i++) {
		arena = (struct arena)ARENA_ON(block);
		test_check_err(judge(NULL, -1, cas[i].ca), cas[i].want, cas[i].what, __FILE__,
		               __LINE__);
	}
	end();
}

/* X.690 11.6: an issuer found by its name, whatever the order of either. */
static void names_have_no_order(void)
{
	static const char *const issuers[] = { TWISTED, SORTED, NAME_A };
	struct anchors anchors;
	struct cert leaf;
	struct path path;
	struct path_request r = { .target = &leaf, .anchors = &anchors, .now = x509_now };

	begin();
	for (size_t i = 0; i < 3; i++) {
		struct fake_parts ca = { .issuer_der = TWISTED,
			                 .subject_der = TWISTED,
			                 .extensions = X_CA,
			                 .key = keys[0],
			                 .spki = signer_spki(keys[0]) };
		struct fake_parts odd = { .issuer_der = issuers[i], .key = keys[0] };

		arena = (struct arena)ARENA_ON(block);
		anchors.n = 0;
		CHECK_OK(anchors_add(&anchors, ANCHOR_CERT, fake_x509(&arena, &ca)));
		CHECK_OK(cert_read(fake_x509(&arena, &odd), &leaf));
		CHECK_ERR(path_check(&r, &path), i < 2 ? OK : E_CERT_CHAIN);
	}
	end();
}

const struct test_suite suite_pki_tolerant = {
	"pki/tolerant",
	{
		{ "oddities are taken or refused, in each certificate", judges_paths },
		{ "issuers are told by what they must say", judges_issuers },
		{ "names have no order", names_have_no_order },
	}
};
