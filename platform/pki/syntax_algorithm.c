/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Algorithms: their names, and the syntax of their parameters. */
#include "platform/pki/internal.h"
#include "platform/pki/syntax.h"

/* AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL } */
const struct syntax ALGORITHM_ROWS[] = {
	{ "algorithm", OID },
	{ "parameters", OPEN, OPTIONAL },
	ROWS_END,
};

#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01"
#define X962 "\x2a\x86\x48\xce\x3d"
#define NIST "\x60\x86\x48\x01\x65\x03\x04"
#define PKIX "\x2b\x06\x01\x05\x05\x07"
static const struct oid_family families[] = {
	{ OCTETS(PKCS "\x01"), "1 rsaEncryption\0"
	                       "2 md2WithRSAEncryption\0"
	                       "4 md5WithRSAEncryption\0"
	                       "5 sha1WithRSAEncryption\0"
	                       "7 RSAES-OAEP\0"
	                       "8 mgf1\0"
	                       "9 pSpecified\0"
	                       "10 RSASSA-PSS\0"
	                       "11 sha256WithRSAEncryption\0"
	                       "12 sha384WithRSAEncryption\0"
	                       "13 sha512WithRSAEncryption\0"
	                       "14 sha224WithRSAEncryption\0" },
	{ OCTETS(PKCS "\x05"), "12 PBKDF2\0"
	                       "13 PBES2\0"
	                       "14 PBMAC1\0" },
	{ OCTETS("\x2a\x86\x48\x86\xf7\x0d\x02"), "2 md2\0"
	                                          "5 md5\0"
	                                          "7 hmacWithSHA1\0"
	                                          "8 hmacWithSHA224\0"
	                                          "9 hmacWithSHA256\0"
	                                          "10 hmacWithSHA384\0"
	                                          "11 hmacWithSHA512\0" },
	{ OCTETS("\x2a\x86\x48\x86\xf7\x0d\x03"), "7 des-EDE3-CBC\0" },
	{ OCTETS(PKCS "\x09\x10\x03"), "5 ESDH\0"
	                               "9 PWRI-KEK\0" },
	/* RFC 9481 6.1.1 */
	{ OCTETS("\x2a\x86\x48\x86\xf6\x7d\x07\x42"), "13 PasswordBasedMac\0"
	                                              "16 KemBasedMac\0"
	                                              "30 DHBasedMac\0" },
	{ OCTETS("\x2b\x06\x01\x05\x05\x08\x01"), "2 hmac-SHA1\0" },
	{ OCTETS("\x2b\x0e\x03\x02"), "26 sha1\0" },
	{ OCTETS(X962 "\x02"), "1 ecPublicKey\0" },
	{ OCTETS(X962 "\x03\x01"), "1 secp192r1\0"
	                           "7 secp256r1\0" },
	{ OCTETS(X962 "\x04"), "1 ecdsa-with-SHA1\0" },
	{ OCTETS(X962 "\x04\x03"), "1 ecdsa-with-SHA224\0"
	                           "2 ecdsa-with-SHA256\0"
	                           "3 ecdsa-with-SHA384\0"
	                           "4 ecdsa-with-SHA512\0" },
	{ OCTETS("\x2b\x81\x04\x00"), "10 secp256k1\0"
	                              "33 secp224r1\0"
	                              "34 secp384r1\0"
	                              "35 secp521r1\0" },
	{ OCTETS("\x2b\x81\x04\x01\x0b"), "0 dhSinglePass-stdDH-sha224kdf\0"
	                                  "1 dhSinglePass-stdDH-sha256kdf\0"
	                                  "2 dhSinglePass-stdDH-sha384kdf\0"
	                                  "3 dhSinglePass-stdDH-sha512kdf\0" },
	{ OCTETS("\x2b\x65"), "110 X25519\0"
	                      "111 X448\0"
	                      "112 Ed25519\0"
	                      "113 Ed448\0" },
	{ OCTETS(PKIX "\x06"), "30 RSASSA-PSS-SHAKE128\0"
	                       "31 RSASSA-PSS-SHAKE256\0"
	                       "32 ecdsa-with-shake128\0"
	                       "33 ecdsa-with-shake256\0" },
	{ OCTETS(NIST "\x01"), "2 aes128-CBC\0"
	                       "5 aes128-wrap\0"
	                       "6 aes128-GCM\0"
	                       "9 aes128-GMAC\0"
	                       "22 aes192-CBC\0"
	                       "25 aes192-wrap\0"
	                       "26 aes192-GCM\0"
	                       "29 aes192-GMAC\0"
	                       "42 aes256-CBC\0"
	                       "45 aes256-wrap\0"
	                       "46 aes256-GCM\0"
	                       "49 aes256-GMAC\0" },
	{ OCTETS(NIST "\x02"), "1 sha256\0"
	                       "2 sha384\0"
	                       "3 sha512\0"
	                       "4 sha224\0"
	                       "11 shake128\0"
	                       "12 shake256\0"
	                       "19 KMACWithSHAKE128\0"
	                       "20 KMACWithSHAKE256\0" },
	{ OCTETS(NIST "\x03"), "17 ML-DSA-44\0"
	                       "18 ML-DSA-65\0"
	                       "19 ML-DSA-87\0" },
	{ OCTETS(NIST "\x04"), "1 ML-KEM-512\0"
	                       "2 ML-KEM-768\0"
	                       "3 ML-KEM-1024\0" },
	{ { NULL, 0 }, "" },
};

/*
 * RSASSA-PSS-params ::= SEQUENCE {			(RFC 4055 3.1)
 *	hashAlgorithm     [0] HashAlgorithm DEFAULT sha1Identifier,
 *	maskGenAlgorithm  [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
 *	saltLength        [2] INTEGER DEFAULT 20,
 *	trailerField      [3] INTEGER DEFAULT 1 }
 */
static const struct syntax pss[] = {
	{ "hashAlgorithm", EXPLICIT(0), ALGORITHM, OPTIONAL },
	{ "maskGenAlgorithm", EXPLICIT(1), ALGORITHM, OPTIONAL },
	{ "saltLength", EXPLICIT(2), INTEGER, OPTIONAL },
	{ "trailerField", EXPLICIT(3), INTEGER, OPTIONAL },
	ROWS_END,
};

/*
 * RSAES-OAEP-params ::= SEQUENCE {			(RFC 4055 4.1)
 *	hashFunc     [0] AlgorithmIdentifier DEFAULT sha1Identifier,
 *	maskGenFunc  [1] AlgorithmIdentifier DEFAULT mgf1SHA1Identifier,
 *	pSourceFunc  [2] AlgorithmIdentifier DEFAULT pSpecifiedEmptyIdentifier }
 */
static const struct syntax oaep[] = {
	{ "hashFunc", EXPLICIT(0), ALGORITHM, OPTIONAL },
	{ "maskGenFunc", EXPLICIT(1), ALGORITHM, OPTIONAL },
	{ "pSourceFunc", EXPLICIT(2), ALGORITHM, OPTIONAL },
	ROWS_END,
};

/*
 * PBKDF2-params ::= SEQUENCE {				(RFC 8018 A.2)
 *	salt            CHOICE { specified OCTET STRING, otherSource AlgorithmIdentifier },
 *	iterationCount  INTEGER (1..MAX),
 *	keyLength       INTEGER (1..MAX) OPTIONAL,
 *	prf             AlgorithmIdentifier DEFAULT algid-hmacWithSHA1 }
 */
static const struct syntax salt[] = {
	{ "specified", OCTET_STRING },
	{ "otherSource", ALGORITHM },
	ROWS_END,
};
static const struct syntax pbkdf2_params[] = {
	{ "salt", CHOICE(salt) },
	{ "iterationCount", INTEGER },
	{ "keyLength", INTEGER, OPTIONAL },
	{ "prf", ALGORITHM, OPTIONAL },
	ROWS_END,
};

/* PBMAC1-params ::= SEQUENCE {				(RFC 8018 A.5)
 *	keyDerivationFunc  AlgorithmIdentifier,
 *	messageAuthScheme  AlgorithmIdentifier }
 */
static const struct syntax pbmac1[] = {
	{ "keyDerivationFunc", ALGORITHM },
	{ "messageAuthScheme", ALGORITHM },
	ROWS_END,
};

/* PBES2-params ::= SEQUENCE {				(RFC 8018 A.4)
 *	keyDerivationFunc  AlgorithmIdentifier,
 *	encryptionScheme   AlgorithmIdentifier }
 */
static const struct syntax pbes2[] = {
	{ "keyDerivationFunc", ALGORITHM },
	{ "encryptionScheme", ALGORITHM },
	ROWS_END,
};

/*
 * PBMParameter ::= SEQUENCE {				(RFC 4210 5.1.3.1)
 *	salt            OCTET STRING,
 *	owf             AlgorithmIdentifier,
 *	iterationCount  INTEGER,
 *	mac             AlgorithmIdentifier }
 */
static const struct syntax password_based_mac[] = {
	{ "salt", OCTET_STRING },
	{ "owf", ALGORITHM },
	{ "iterationCount", INTEGER },
	{ "mac", ALGORITHM },
	ROWS_END,
};

static const struct syntax values[] = {
	{ "RSASSA-PSS", SEQUENCE(pss) },
	{ "RSAES-OAEP", SEQUENCE(oaep) },
	{ "mgf1", ALGORITHM },
	{ "PBKDF2", SEQUENCE(pbkdf2_params) },
	{ "PBES2", SEQUENCE(pbes2) },
	{ "PBMAC1", SEQUENCE(pbmac1) },
	{ "PasswordBasedMac", SEQUENCE(password_based_mac) },
	{ "dhSinglePass-stdDH-sha224kdf", ALGORITHM },
	{ "dhSinglePass-stdDH-sha256kdf", ALGORITHM },
	{ "dhSinglePass-stdDH-sha384kdf", ALGORITHM },
	{ "dhSinglePass-stdDH-sha512kdf", ALGORITHM },
	{ "PWRI-KEK", ALGORITHM },
	ROWS_END,
};

const struct oid_book PKI_ALGORITHM_BOOK = { families, values };

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }	(RFC 8017 A.1.1) */
static const struct syntax rsa_public_key[] = {
	{ "modulus", BIG_INTEGER },
	{ "publicExponent", INTEGER },
	ROWS_END,
};

/* What an RSA key is like is inside of it; other keys are known by algorithm and curve. */
static void show_key(struct walk *w, const char *name, const struct element *e)
{
	static const struct syntax bits = { "", BIT_STRING };
	static const struct span rsa = OCTETS(PKCS "\x01\x01");
	struct span rest = { e->content.p + 1, e->content.n - 1 };
	struct element key;

	if (e->content.n < 2 || !span_equal(w->oid, rsa) || rest.p[0] != DER_SEQUENCE ||
	    !walk_take(w, &rest, &key)) {
		walk_primitive(w, &bits, name, e);
		return;
	}
	view_group(w->view, name);
	walk_fields(w, rsa_public_key, key.content);
	view_close(w->view);
}

/* SubjectPublicKeyInfo ::= SEQUENCE {			(RFC 5280 4.1)
 *	algorithm         AlgorithmIdentifier,
 *	subjectPublicKey  BIT STRING }
 */
const struct syntax SPKI_ROWS[] = {
	{ "algorithm", ALGORITHM },
	{ "subjectPublicKey", BITS_BY(show_key) },
	ROWS_END,
};
