/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Algorithms: their names, the syntax of their parameters, and keys. */
#include "platform/pki/internal.h"
#include "platform/pki/syntax.h"

/* RFC 5280 4.1.1.2, 4.1.2.7; RFC 4055 3.1, 4.1; RFC 8018 A; RFC 4210 5.1.3.1; RFC 8017 A.1.1 */
static const char text[] =
	"AlgorithmIdentifier ::= SEQUENCE {"
	" algorithm OBJECT IDENTIFIER,"
	" parameters ANY DEFINED BY algorithm OPTIONAL }"

	"SubjectPublicKeyInfo ::= SEQUENCE {"
	" algorithm AlgorithmIdentifier,"
	" subjectPublicKey PublicKey }"
	"PublicKey ::= BIT STRING "
	"RSAPublicKey ::= SEQUENCE { modulus Modulus, publicExponent INTEGER }"
	"RSAPrivateKey ::= SEQUENCE OF ANY "
	"ECPrivateKey ::= SEQUENCE OF ANY "

	"RSASSA-PSS ::= SEQUENCE {"
	" hashAlgorithm [0] EXPLICIT AlgorithmIdentifier OPTIONAL,"
	" maskGenAlgorithm [1] EXPLICIT AlgorithmIdentifier OPTIONAL,"
	" saltLength [2] EXPLICIT INTEGER DEFAULT 20,"
	" trailerField [3] EXPLICIT INTEGER DEFAULT 1 }"
	"RSAES-OAEP ::= SEQUENCE {"
	" hashFunc [0] EXPLICIT AlgorithmIdentifier OPTIONAL,"
	" maskGenFunc [1] EXPLICIT AlgorithmIdentifier OPTIONAL,"
	" pSourceFunc [2] EXPLICIT AlgorithmIdentifier OPTIONAL }"
	"mgf1 ::= AlgorithmIdentifier "
	"shake128-len ::= INTEGER "
	"shake256-len ::= INTEGER "

	"PBKDF2 ::= SEQUENCE {"
	" salt CHOICE { specified OCTET STRING, otherSource AlgorithmIdentifier },"
	" iterationCount INTEGER,"
	" keyLength INTEGER OPTIONAL,"
	" prf AlgorithmIdentifier OPTIONAL }"
	"PBES2 ::= SEQUENCE {"
	" keyDerivationFunc AlgorithmIdentifier,"
	" encryptionScheme AlgorithmIdentifier }"
	"PBMAC1 ::= SEQUENCE {"
	" keyDerivationFunc AlgorithmIdentifier,"
	" messageAuthScheme AlgorithmIdentifier }"
	"PasswordBasedMac ::= SEQUENCE {"
	" salt OCTET STRING,"
	" owf AlgorithmIdentifier,"
	" iterationCount INTEGER,"
	" mac AlgorithmIdentifier }"

	/* RFC 5753 7.1.4, RFC 3211 2.3: how the key encryption key wraps */
	"dhSinglePass-stdDH-sha224kdf ::= AlgorithmIdentifier "
	"dhSinglePass-stdDH-sha256kdf ::= AlgorithmIdentifier "
	"dhSinglePass-stdDH-sha384kdf ::= AlgorithmIdentifier "
	"dhSinglePass-stdDH-sha512kdf ::= AlgorithmIdentifier "
	"PWRI-KEK ::= AlgorithmIdentifier ";

static const char oids[] =
	"1.2.840.113549.1.1 {"
	" rsaEncryption(1), md2WithRSAEncryption(2), md5WithRSAEncryption(4),"
	" sha1WithRSAEncryption(5), RSAES-OAEP(7), mgf1(8), pSpecified(9), RSASSA-PSS(10),"
	" sha256WithRSAEncryption(11), sha384WithRSAEncryption(12),"
	" sha512WithRSAEncryption(13), sha224WithRSAEncryption(14) }"
	"1.2.840.113549.1.5 { PBKDF2(12), PBES2(13), PBMAC1(14) }"
	"1.2.840.113549.1.9.16.3 { ESDH(5), PWRI-KEK(9) }"
	"1.2.840.113549.2 {"
	" md2(2), md5(5), hmacWithSHA1(7), hmacWithSHA224(8), hmacWithSHA256(9),"
	" hmacWithSHA384(10), hmacWithSHA512(11) }"
	"1.2.840.113549.3 { des-EDE3-CBC(7) }"
	"1.2.840.113533.7.66 { PasswordBasedMac(13), KemBasedMac(16), DHBasedMac(30) }"
	"1.2.840.10045.2 { ecPublicKey(1) }"
	"1.2.840.10045.3.1 { secp192r1(1), secp256r1(7) }"
	"1.2.840.10045.4 { ecdsa-with-SHA1(1) }"
	"1.2.840.10045.4.3 {"
	" ecdsa-with-SHA224(1), ecdsa-with-SHA256(2), ecdsa-with-SHA384(3),"
	" ecdsa-with-SHA512(4) }"
	"1.3.6.1.5.5.7.6 {"
	" RSASSA-PSS-SHAKE128(30), RSASSA-PSS-SHAKE256(31), ecdsa-with-shake128(32),"
	" ecdsa-with-shake256(33) }"
	"1.3.6.1.5.5.8.1 { hmac-SHA1(2) }"
	"1.3.14.3.2 { sha1(26) }"
	"1.3.101 { X25519(110), X448(111), Ed25519(112), Ed448(113) }"
	"1.3.132.0 { secp256k1(10), secp224r1(33), secp384r1(34), secp521r1(35) }"
	"1.3.132.1.11 {"
	" dhSinglePass-stdDH-sha224kdf(0), dhSinglePass-stdDH-sha256kdf(1),"
	" dhSinglePass-stdDH-sha384kdf(2), dhSinglePass-stdDH-sha512kdf(3) }"
	"2.16.840.1.101.3.4.1 {"
	" aes128-CBC(2), aes128-wrap(5), aes128-GCM(6), aes128-GMAC(9), aes192-CBC(22),"
	" aes192-wrap(25), aes192-GCM(26), aes192-GMAC(29), aes256-CBC(42), aes256-wrap(45),"
	" aes256-GCM(46), aes256-GMAC(49) }"
	"2.16.840.1.101.3.4.2 {"
	" sha256(1), sha384(2), sha512(3), sha224(4), shake128(11), shake256(12),"
	" shake128-len(17), shake256-len(18), KMACWithSHAKE128(19), KMACWithSHAKE256(20) }"
	"2.16.840.1.101.3.4.3 { ML-DSA-44(17), ML-DSA-65(18), ML-DSA-87(19) }"
	"2.16.840.1.101.3.4.4 { ML-KEM-512(1), ML-KEM-768(2), ML-KEM-1024(3) }";

/* What an RSA key is like is inside of it; other keys are known by algorithm and curve. */
static void show_public_key(struct walk *w, const struct syntax *of, const char *name,
                            const struct element *e)
{
	static const struct span rsa = OCTETS("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
	const struct syntax *inside = syntax_find(w->grammar, span_str("RSAPublicKey"));
	struct span rest = NO_BYTES;
	struct element key;

	if (e->content.n > 1 && e->content.p[1] == DER_SEQUENCE && span_equal(w->oid, rsa))
		rest = (struct span){ e->content.p + 1, e->content.n - 1 };
	if (inside == NULL || rest.n == 0 || !walk_take(w, &rest, &key)) {
		walk_primitive(w, of, name, e);
		return;
	}
	view_group(w->view, name);
	walk_fields(w, inside->rows, key.content);
	view_close(w->view);
}

/* Keys in forms of their own (RFC 5915, RFC 8017 A.1.2): that they are keys is all we say. */
static void show_private_key(struct walk *w, const struct syntax *of, const char *name,
                             const struct element *e)
{
	(void)of;
	view_word(w->view, name, "%zu octets, not shown", e->content.n);
}

static const struct syntax_hook hooks[] = {
	{ "PublicKey", show_public_key },
	{ "ECPrivateKey", show_private_key },
	{ "RSAPrivateKey", show_private_key },
	{ "", NULL },
};

const struct syntax_module PKI_ALGORITHMS = { .text = text, .oids = oids, .hooks = hooks };
