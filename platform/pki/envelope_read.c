/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking a CMS EnvelopedData apart (RFC 5652 6.1, 6.2); nothing is opened. */
#include "platform/pki/internal.h"

static void refuse(struct der *c, enum err e, const char *why)
{
	if (der_ok(c))
		der_fail(c, err_because(e, "%s", why));
}

/* IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber INTEGER } */
static void read_issuer_and_serial(struct der *c, struct envelope *out)
{
	struct der id = der_enter(c, DER_SEQUENCE);

	out->issuer = der_element_of(&id, DER_SEQUENCE);
	out->serial = der_integer(&id);
	der_end(&id);
}

static void take_key_id(struct der *c, uint8_t tag, struct envelope *out)
{
	out->skid = der_get(c, tag);
	if (out->skid.n == 0)
		refuse(c, E_UNEXPECTED, "an empty subjectKeyIdentifier");
}

/*
 * KeyTransRecipientInfo ::= SEQUENCE {
 *	version			CMSVersion,
 *	rid			RecipientIdentifier,
 *	keyEncryptionAlgorithm	KeyEncryptionAlgorithmIdentifier,
 *	encryptedKey		OCTET STRING }
 * RecipientIdentifier ::= CHOICE {
 *	issuerAndSerialNumber	IssuerAndSerialNumber,
 *	subjectKeyIdentifier	[0] SubjectKeyIdentifier }
 */
static void read_ktri(struct der *c, struct envelope *out)
{
	out->recipient = RECIPIENT_KEY_TRANSPORT;
	der_uint(c);
	if (der_at(c, DER_CONTEXT_PRIMITIVE(0)))
		take_key_id(c, DER_CONTEXT_PRIMITIVE(0), out);
	else
		read_issuer_and_serial(c, out);
	out->key_alg = der_element_of(c, DER_SEQUENCE);
	out->encrypted_key = der_get(c, DER_OCTET_STRING);
}

/*
 * originator [0] EXPLICIT OriginatorIdentifierOrKey ::= CHOICE {
 *	issuerAndSerialNumber	IssuerAndSerialNumber,
 *	subjectKeyIdentifier	[0] SubjectKeyIdentifier,
 *	originatorKey		[1] OriginatorPublicKey }
 *
 * The first two name a static key.  RFC 9483 4.1.6.2 asks for one of them, but RFC
 * 9481 4.1.2 forbids static keys and RFC 5753 3.1.1 demands the third.
 */
static void read_originator(struct der *c, struct envelope *out)
{
	struct der o = der_enter(c, DER_CONTEXT(0));

	if (!der_at(&o, DER_CONTEXT(1)))
		refuse(&o, E_ALGORITHM, "key agreement without an ephemeral originatorKey");
	out->originator = der_get(&o, DER_CONTEXT(1));
	der_end(&o);
}

/*
 * RecipientEncryptedKey ::= SEQUENCE {
 *	rid		KeyAgreeRecipientIdentifier,
 *	encryptedKey	OCTET STRING }
 * KeyAgreeRecipientIdentifier ::= CHOICE {
 *	issuerAndSerialNumber	IssuerAndSerialNumber,
 *	rKeyId			[0] IMPLICIT RecipientKeyIdentifier }
 * RecipientKeyIdentifier ::= SEQUENCE {
 *	subjectKeyIdentifier	SubjectKeyIdentifier,
 *	date			GeneralizedTime OPTIONAL,
 *	other			OtherKeyAttribute OPTIONAL }
 */
static void read_encrypted_key(struct der *keys, struct envelope *out)
{
	struct der c = der_enter(keys, DER_SEQUENCE);

	if (der_at(&c, DER_CONTEXT(0))) {
		struct der id = der_enter(&c, DER_CONTEXT(0));

		take_key_id(&id, DER_OCTET_STRING, out);
		der_skip(&id, DER_TIME);
		der_skip(&id, DER_SEQUENCE);
		der_end(&id);
	} else {
		read_issuer_and_serial(&c, out);
	}
	out->encrypted_key = der_get(&c, DER_OCTET_STRING);
	der_end(&c);
}

/*
 * KeyAgreeRecipientInfo ::= SEQUENCE {
 *	version			CMSVersion,
 *	originator		[0] EXPLICIT OriginatorIdentifierOrKey,
 *	ukm			[1] EXPLICIT OCTET STRING OPTIONAL,
 *	keyEncryptionAlgorithm	KeyEncryptionAlgorithmIdentifier,
 *	recipientEncryptedKeys	SEQUENCE OF RecipientEncryptedKey }
 */
static void read_kari(struct der *c, struct envelope *out)
{
	out->recipient = RECIPIENT_KEY_AGREEMENT;
	der_uint(c);
	read_originator(c, out);
	if (der_at(c, DER_CONTEXT(1))) {
		struct der ukm = der_enter(c, DER_CONTEXT(1));

		out->ukm = der_get(&ukm, DER_OCTET_STRING);
		der_end(&ukm);
	}
	out->key_alg = der_element_of(c, DER_SEQUENCE);

	struct der keys = der_enter(c, DER_SEQUENCE);

	read_encrypted_key(&keys, out);
	if (der_more(&keys))
		refuse(&keys, E_UNEXPECTED, "keys for more recipients than one");
	der_end(&keys);
}

/*
 * PasswordRecipientInfo ::= SEQUENCE {
 *	version			CMSVersion,
 *	keyDerivationAlgorithm	[0] KeyDerivationAlgorithmIdentifier OPTIONAL,
 *	keyEncryptionAlgorithm	KeyEncryptionAlgorithmIdentifier,
 *	encryptedKey		OCTET STRING }
 *
 * Without a derivation the key comes from elsewhere (RFC 5652 6.2.4), which we are not.
 */
static void read_pwri(struct der *c, struct envelope *out)
{
	out->recipient = RECIPIENT_PASSWORD;
	der_uint(c);
	if (!der_at(c, DER_CONTEXT(0)))
		refuse(c, E_ALGORITHM, "a password recipient without keyDerivationAlgorithm");
	out->key_derivation = der_get(c, DER_CONTEXT(0));
	out->key_alg = der_element_of(c, DER_SEQUENCE);
	out->encrypted_key = der_get(c, DER_OCTET_STRING);
}

/*
 * RecipientInfo ::= CHOICE {
 *	ktri KeyTransRecipientInfo,
 *	kari [1] KeyAgreeRecipientInfo,
 *	kekri [2] KEKRecipientInfo,
 *	pwri [3] PasswordRecipientInfo,
 *	ori [4] OtherRecipientInfo }
 */
static void read_recipient(struct der *set, struct envelope *out)
{
	static const struct {
		uint8_t tag;
		void (*read)(struct der *c, struct envelope *out);
	} choices[] = {
		{ DER_SEQUENCE, read_ktri },
		{ DER_CONTEXT(1), read_kari },
		{ DER_CONTEXT(3), read_pwri },
	};

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		if (!der_at(set, choices[i].tag))
			continue;

		struct der c = der_enter(set, choices[i].tag);

		choices[i].read(&c, out);
		der_end(&c);
		return;
	}
	refuse(set, E_UNEXPECTED, "a recipient of a kind not among ktri, kari and pwri, or none");
}

/*
 * EncryptedContentInfo ::= SEQUENCE {
 *	contentType			ContentType,
 *	contentEncryptionAlgorithm	ContentEncryptionAlgorithmIdentifier,
 *	encryptedContent		[0] IMPLICIT OCTET STRING OPTIONAL }
 */
static void read_content(struct der *c, struct envelope *out)
{
	struct der info = der_enter(c, DER_SEQUENCE);

	out->content_type = der_oid(&info);
	out->content_alg = der_element_of(&info, DER_SEQUENCE);
	out->content = der_get(&info, DER_CONTEXT_PRIMITIVE(0));
	der_end(&info);
}

/*
 * EnvelopedData ::= SEQUENCE {
 *	version			CMSVersion,
 *	originatorInfo		[0] IMPLICIT OriginatorInfo OPTIONAL,
 *	recipientInfos		SET SIZE (1..MAX) OF RecipientInfo,
 *	encryptedContentInfo	EncryptedContentInfo,
 *	unprotectedAttrs	[1] IMPLICIT SET SIZE (1..MAX) OF Attribute OPTIONAL }
 *
 * originatorInfo and unprotectedAttrs are passed over: nothing protects them.
 */
enum err envelope_read(struct span der, struct envelope *out)
{
	enum err e;
	struct der c = der_open(der, &e);
	struct der env = der_enter(&c, DER_SEQUENCE);

	*out = (struct envelope){ 0 };
	der_uint(&env);
	der_skip(&env, DER_CONTEXT(0));

	struct der set = der_enter(&env, DER_SET);

	read_recipient(&set, out);
	if (der_more(&set))
		refuse(&set, E_UNEXPECTED, "more recipients than one");
	der_end(&set);
	read_content(&env, out);
	der_skip(&env, DER_CONTEXT(1));
	der_end(&env);
	der_end(&c);
	if (e != OK)
		*out = (struct envelope){ 0 };
	return e;
}
