/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may sign a voucher, of all whom a MASA anchor leads to.
 *
 * RFC 8366 5.4 asks for a path alone.  Where the manufacturer has one CA for
 * everything (RFC 8995 appendix C), that is the key of every device sold and of
 * the web server: devices are refused here, and the operator may name the signer.
 */
#include "platform/base/view.h"
#include "platform/pki/name.h"
#include "voucher/internal.h"

static const char by_key[] = "sha256:";

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *d = c == '\0' ? NULL : strchr(digits, c);
	int v = d == NULL ? -1 : (int)(d - digits);

	return v < 16 ? v : v - 6;
}

static enum err read_key(const char *hex, struct voucher_signer *out)
{
	size_t n = 0;

	for (; n < sizeof out->key; n++, hex += 2) {
		int high = hex_digit(hex[0]), low = high < 0 ? -1 : hex_digit(hex[1]);

		if (low < 0)
			break;
		out->key[n] = (uint8_t)(high << 4 | low);
	}
	if (n < sizeof out->key || *hex != '\0')
		return err_because(E_CONFIG,
		                   "%s wants 64 hex digits, the SHA-256 of the signer's "
		                   "SubjectPublicKeyInfo",
		                   by_key);
	out->by_key = true;
	return OK;
}

enum err voucher_signers_add(struct voucher_signers *to, const char *text)
{
	struct voucher_signer *s = &to->s[to->n];
	struct quoted q;
	enum err e = OK;

	if (to->n == ANCHORS_MAX)
		return err_because(E_CONFIG, "more than %d voucher signers", (int)ANCHORS_MAX);
	*s = (struct voucher_signer){ .subject = text };
	if (strncmp(text, by_key, sizeof by_key - 1) == 0)
		e = read_key(text + sizeof by_key - 1, s);
	else if (text[0] == '/' || strchr(text, '=') == NULL)
		e = err_because(E_CONFIG,
		                "%s is neither sha256:HEX of the signer's SubjectPublicKeyInfo "
		                "nor its subject as `onramp show` prints it",
		                log_quote(&q, span_str(text)));
	if (e == OK)
		to->n++;
	return e;
}

/* ---- a subject as `onramp show` prints it */

struct line {
	char text[4 * VIEW_STRING_MAX + 16];
	size_t n;
	bool cut;
};

static void put_octets(void *to, const char *s, size_t n)
{
	struct line *l = to;

	l->cut = l->cut || n > sizeof l->text - l->n;
	if (l->cut)
		return;
	memcpy(l->text + l->n, s, n);
	l->n += n;
}

static void put_piece(void *to, struct span piece)
{
	put_octets(to, (const char *)piece.p, piece.n);
}

static void put_in_view(void *to, struct span piece)
{
	view_text_add(to, piece);
}

static bool line_is(const struct line *l, size_t before, size_t behind, const char *text)
{
	size_t n = strlen(text);

	return !l->cut && l->n == before + n + behind && memcmp(l->text + before, text, n) == 0;
}

/* Whole, or it is nobody's: as it is, or with what a screen cannot show escaped. */
static bool subject_is(struct span subject, const char *text)
{
	struct line plain = { .n = 0 }, shown = { .n = 0 };
	struct view v;

	name_write(subject, put_piece, &plain);
	if (line_is(&plain, 0, 0, text))
		return true;
	view_begin(&v, &VIEW_TEXT, put_octets, &shown);
	view_text_open(&v, NULL);
	name_write(subject, put_in_view, &v);
	view_text_close(&v);
	return v.string <= VIEW_STRING_MAX && line_is(&shown, sizeof " \"" - 1, 1, text);
}

/* ---- the rules */

static bool has_extension(const struct cert *c, struct span oid)
{
	bool critical;
	struct span value;

	return cert_extension(c, oid, &critical, &value);
}

/* RFC 8995 2.3: by what an IDevID is known, before that RFC under an OID of its authors', too. */
static const char *mark_of_device(const struct cert *c)
{
	static const uint8_t old_masa_url[] = { 0x2b, 6, 1, 4, 1, 0x82, 0xee, 0x52, 2 };
	struct span serial;

	if (c->is_ca)
		return NULL;
	if (cert_serial_number(c, &serial))
		return "its subject has a serialNumber";
	if (has_extension(c, OID_PE_MASA_URL) || has_extension(c, SPAN(old_masa_url)))
		return "it has a MASA URL";
	return NULL;
}

/* RFC 5280 4.2.1.12; RFC 8366 5.4 defines no purpose for MASAs, and those there are have
   none, or those of a web server. */
static bool is_for_clients_alone(const struct cert *c)
{
	enum err e;
	struct der list = der_open(c->eku, &e);

	while (der_more(&list))
		if (!span_equal(der_oid(&list), OID_EKU_CLIENT_AUTH))
			return false;
	return c->eku.n > 0;
}

enum standing { UNNAMED, NAMED_BY_SUBJECT, NAMED_BY_KEY };

static enum err standing_of(const struct voucher_signers *list, const struct cert *c,
                            enum standing *out)
{
	struct digest key;
	enum err e = hash_of(HASH_SHA256, c->spki, &key);

	*out = UNNAMED;
	for (size_t i = 0; i < list->n && e == OK; i++) {
		const struct voucher_signer *s = &list->s[i];

		if (s->by_key && span_equal(digest_span(&key), SPAN(s->key)))
			*out = NAMED_BY_KEY;
		else if (!s->by_key && *out == UNNAMED && subject_is(c->subject, s->subject))
			*out = NAMED_BY_SUBJECT;
	}
	return e;
}

static enum err check_kind(const struct cert *c)
{
	const char *mark = mark_of_device(c);
	struct quoted q;

	if (mark != NULL)
		return err_because(E_VOUCHER_SIGNER,
		                   "the signer %s is a device, not a MASA: %s (RFC 8995 2.3)",
		                   name_text(&q, c->subject), mark);
	if (is_for_clients_alone(c))
		return err_because(E_VOUCHER_SIGNER,
		                   "the certificate of the signer %s is for TLS clients alone "
		                   "(extKeyUsage clientAuth)",
		                   name_text(&q, c->subject));
	return OK;
}

enum err voucher_signer_check(const struct voucher_facts *f, const struct cert *signer)
{
	static const struct voucher_signers nobody = { .n = 0 };
	const struct voucher_signers *list = f->signers != NULL ? f->signers : &nobody;
	enum standing standing;
	struct quoted q;
	enum err e = standing_of(list, signer, &standing);

	if (e != OK)
		return e;
	if (public_key_same_secret(signer->spki, f->idevid->leaf.spki))
		return err_because(E_VOUCHER_SIGNER, "the voucher is signed with our own key");
	if (list->n > 0 && standing == UNNAMED)
		return err_because(E_VOUCHER_SIGNER,
		                   "the signer %s is none of those that masa_signer names",
		                   name_text(&q, signer->subject));
	return standing == NAMED_BY_KEY ? OK : check_kind(signer);
}

/* When it is does not matter: a device that outlived its certificate has the same maker. */
bool voucher_maker_signs(const struct credential *idevid, const struct anchors *masa)
{
	struct path path;

	return idevid->count > 0 && path_check(
					    &(struct path_request){
						    .target = &idevid->leaf,
						    .anchors = masa,
						    .pool = idevid->chain + 1,
						    .pool_count = idevid->count - 1,
						    .now = { TIME_UNSET, 0 },
					    },
					    &path) == OK;
}
