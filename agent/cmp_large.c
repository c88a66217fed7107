/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and answers of `onramp cmp` that are read and written by pieces. */
#include <string.h>
#include <unistd.h>

#include "agent/cmp_tool.h"
#include "platform/codec/b64.h"
#include "platform/codec/pem.h"
#include "platform/codec/pem_reader.h"
#include "platform/store/target.h"

/* Whole lines of 64 characters. */
enum { LINE_OCTETS = 48, PIECE_OCTETS = 192 * LINE_OCTETS, PIECE_TEXT = 192 * 65 };

static enum err of_option(enum err e, const char *option, const char *path)
{
	return e == OK ? OK : err_because(e, "%s %s: %s", option, path, err_reason(e));
}

/* The path is in the words already. */
static enum err of_file(enum err e, const char *option)
{
	return e == OK ? OK : err_because(e, "%s %s", option, err_reason(e));
}

enum err tool_open_file(const struct cmp_tool *t, const char *option, const char *path,
                        struct octets *out)
{
	(void)t;
	return of_file(target_open(path, BUNDLE_FILE_MAX, out), option);
}

/* ---- a list, out of PEM */

struct decoding {
	int fd;
	size_t n;
};

static enum err put_decoded(void *context, struct span piece)
{
	struct decoding *d = context;
	const struct target_out out = { d->fd, "a temporary file", INT64_MAX };

	if (piece.n > CRL_SIZE_MAX - d->n)
		return err_because(E_TOO_BIG, "a CRL of more than %d octets", CRL_SIZE_MAX);
	d->n += piece.n;
	return target_put(&out, piece);
}

/* The first block that is one. */
static enum err find_list(struct pem_reader *r)
{
	enum err e;

	while ((e = pem_reader_find(r)) == OK && r->label[0] != '\0') {
		if (strcmp(r->label, "X509 CRL") == 0 || strcmp(r->label, "CRL") == 0)
			return OK;
		e = pem_reader_skip(r);
		if (e != OK)
			return e;
	}
	return e != OK ? e : err_because(E_TEXT, "no X509 CRL in it, neither PEM nor DER");
}

static enum err decode(const struct octets *text, struct octets *out)
{
	struct decoding d = { .fd = -1 };
	const struct pem_sink sink = { put_decoded, &d };
	struct pem_reader r;
	enum err e;

	pem_reader_begin(&r, text);
	e = find_list(&r);
	if (e == OK)
		e = target_spool(NULL, &d.fd);
	if (e == OK)
		e = pem_reader_body(&r, &sink);
	if (e == OK)
		*out = octets_in(d.fd, 0, d.n);
	else if (d.fd >= 0)
		close(d.fd);
	return e;
}

enum err tool_open_crl(const struct cmp_tool *t, const char *option, const char *path,
                       struct octets *out)
{
	struct octets file;
	bool der = false;
	enum err e = tool_open_file(t, option, path, &file);

	*out = NO_OCTETS;
	if (e != OK)
		return e;
	e = octets_are_der(&file, &der);
	if (e == OK && der) {
		*out = file;
		return OK;
	}
	if (e == OK)
		e = decode(&file, out);
	octets_close(&file);
	return of_option(e, option, path);
}

/* ---- answers */

enum err tool_spool(struct cmp_tool *t, const char *path)
{
	int64_t left = t->ends - clock_ticks();
	int fd;
	enum err e;

	tool_spool_close(t);
	e = target_spool(path, &fd);
	if (e != OK)
		return e;
	t->spool = (struct spool){ fd, CRL_SIZE_MAX + CMP_MESSAGE_MAX,
		                   left < HTTP_LARGE_MS ? left : HTTP_LARGE_MS };
	t->client.spool = &t->spool;
	return OK;
}

void tool_spool_close(struct cmp_tool *t)
{
	if (t->spool.max > 0)
		close(t->spool.fd);
	t->spool = (struct spool){ .max = 0 };
	t->client.spool = NULL;
}

/* ---- PEM, by pieces */

static enum err put_text(const struct target_out *to, const char *text)
{
	return target_put(to, span_str(text));
}

static enum err put_lines(const struct target_out *to, struct span octets)
{
	char text[PIECE_TEXT];
	size_t n = 0;

	for (size_t at = 0; at < octets.n; at += LINE_OCTETS) {
		size_t left = octets.n - at;

		n += b64_write(text + n, (struct span){ octets.p + at,
		                                        left < LINE_OCTETS ? left : LINE_OCTETS });
		text[n++] = '\n';
	}
	return target_put(to, (struct span){ (const uint8_t *)text, n });
}

static enum err fill_crl(void *context, const struct target_out *to)
{
	const struct octets *crl = context;
	struct window w = NO_WINDOW;
	enum err e = put_text(to, "-----BEGIN X509 CRL-----\n");

	for (size_t at = 0; at < crl->n && e == OK; at += PIECE_OCTETS) {
		size_t left = crl->n - at;
		struct span piece;

		e = octets_part(crl, &w, at, left < PIECE_OCTETS ? left : PIECE_OCTETS, &piece);
		if (e == OK)
			e = put_lines(to, piece);
	}
	return e == OK ? put_text(to, "-----END X509 CRL-----\n") : e;
}

enum err tool_write_crl(const struct cmp_tool *t, const char *option, const char *path,
                        const struct octets *crl)
{
	const struct target_filler f = { fill_crl, (void *)(uintptr_t)crl };

	return path != NULL ? of_file(target_fill(path, &f, 0644, t->ends), option) : OK;
}

static enum err put_cert(void *context, struct span der)
{
	const struct target_out *to = context;
	char text[OCTETS_WINDOW * 2];
	size_t n = 0;
	enum err e = pem_write(text, sizeof text, &n, "CERTIFICATE", der);

	return e == OK ? target_put(to, (struct span){ (const uint8_t *)text, n }) : e;
}

static enum err fill_ca_certs(void *context, const struct target_out *to)
{
	const struct cmp_taker taker = { put_cert, (void *)(uintptr_t)to };

	return cmp_ca_certs_each(context, &taker);
}

enum err tool_write_ca_certs(const struct cmp_tool *t, const char *option, const char *path,
                             const struct octets *list)
{
	const struct target_filler f = { fill_ca_certs, (void *)(uintptr_t)list };

	return path != NULL ? of_file(target_fill(path, &f, 0644, t->ends), option) : OK;
}
