/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private keys from files: PEM or DER, in any of three encodings, or PKCS#8 under a password. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/base/log.h"
#include "platform/codec/pem.h"
#include "platform/crypto/internal.h"

static const struct form {
	const char *label;
	enum err (*read)(struct span der, struct private_key *out);
} forms[] = {
	{ "PRIVATE KEY", private_key_from_pkcs8 },
	{ "EC PRIVATE KEY", private_key_from_sec1 },
	{ "RSA PRIVATE KEY", private_key_from_pkcs1 },
};
static const char encrypted[] = "ENCRYPTED PRIVATE KEY";

static const struct form *form_of(struct span label)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (span_is(label, forms[i].label))
			return &forms[i];
	return NULL;
}

/* Without a label, what follows the version tells: SEQUENCE, OCTET STRING or INTEGER. */
static const struct form *form_of_der(struct span der)
{
	enum err e;
	struct der c = der_open(der, &e);
	struct der k = der_enter(&c, DER_SEQUENCE);

	der_integer(&k);
	if (der_at(&k, DER_SEQUENCE))
		return &forms[0];
	if (der_at(&k, DER_OCTET_STRING))
		return &forms[1];
	return der_at(&k, DER_INTEGER) ? &forms[2] : NULL;
}

/* The one private key among a file's PEM blocks; certificates and parameters are skipped. */
static enum err find_block(struct arena *a, struct span text, struct pem *out)
{
	struct pem block;
	size_t mark = arena_mark(a);
	enum err e;

	*out = (struct pem){ NO_BYTES, NO_BYTES };
	while ((e = pem_next(a, &text, &block)) == OK && block.label.n > 0) {
		if (form_of(block.label) == NULL && !span_is(block.label, encrypted)) {
			arena_rewind(a, mark);
			continue;
		}
		if (out->label.n > 0)
			return err_because(E_IDENTITY, "the file has more than one private key");
		*out = block;
		mark = arena_mark(a);
	}
	if (e == OK && out->label.n == 0)
		e = err_because(E_IDENTITY, "the file has no private key, neither PEM nor DER");
	return e;
}

static enum err decrypt(struct arena *a, const struct key_password *p, struct span *der)
{
	uint8_t password[KEY_PASSWORD_MAX];
	size_t n = 0;
	enum err e;

	if (p == NULL)
		return err_because(E_IDENTITY, "it is encrypted and nobody is there to type a "
		                               "passphrase: decrypt it with openssl pkey");
	e = p->ask(p->context, password, &n);
	if (e == OK)
		e = pbes2_decrypt(*der, (struct span){ password, n }, a, der);
	wipe(password, sizeof password);
	return e;
}

/* What came out of a wrong password may look like a padding: then it is no key. */
static enum err take_decrypted(struct arena *a, const struct key_password *p, struct span der,
                               struct private_key *key)
{
	enum err e = decrypt(a, p, &der);

	if (e == OK && private_key_from_pkcs8(der, key) != OK)
		e = err_because(E_IDENTITY, "wrong passphrase, or damaged");
	return e;
}

static enum err take(struct arena *a, struct span file, const struct key_password *p,
                     struct signer **out)
{
	const struct form *form = NULL;
	struct private_key key;
	struct pem block = { NO_BYTES, file };
	enum err e = OK;
	bool is_encrypted;

	if (pem_is_der(file)) {
		is_encrypted = pbes2_is(file);
		form = form_of_der(file);
	} else {
		e = find_block(a, file, &block);
		is_encrypted = span_is(block.label, encrypted);
		form = form_of(block.label);
	}
	if (e != OK)
		return e;
	if (form == NULL && !is_encrypted)
		return err_because(E_IDENTITY, "it is neither PKCS#8 nor SEC 1 nor PKCS#1");
	e = is_encrypted ? take_decrypted(a, p, block.der, &key) : form->read(block.der, &key);
	return e == OK ? signer_adopt(out, &key) : e;
}

/* PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo: data or signedData },
   in BER (RFC 7292 4). */
enum err key_refuse_pkcs12(struct span file, const char *path)
{
	static const struct span begin = OCTETS("\x02\x01\x03\x30"),
				 type = OCTETS("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07");
	enum { HEAD_MAX = 32 };
	size_t n = file.n < HEAD_MAX ? file.n : HEAD_MAX, at = 0;
	const char *dot = strrchr(path, '.');
	int stem = dot != NULL && strchr(dot, '/') == NULL ? (int)(dot - path) : (int)strlen(path);

	if (n == 0 || file.p[0] != DER_SEQUENCE)
		return OK;
	while (at + begin.n < n && memcmp(file.p + at, begin.p, begin.n) != 0)
		at++;
	while (at + type.n < n && memcmp(file.p + at, type.p, type.n) != 0)
		at++;
	if (at + type.n >= n)
		return OK;
	return err_because(E_IDENTITY, "%s: is PKCS#12; openssl pkcs12 -in %s -nodes -out %.*s.pem",
	                   path, path, stem, path);
}

enum err signer_from_bytes_with(struct signer **out, struct span file, const struct key_password *p)
{
	uint8_t room[2 * KEY_FILE_MAX];
	struct arena a = ARENA_ON(room);
	enum err e;

	*out = NULL;
	if (file.n > KEY_FILE_MAX)
		return err_because(E_IDENTITY, "private key: %zu octets, at most %d are read",
		                   file.n, KEY_FILE_MAX);
	e = take(&a, file, p, out);
	arena_reset(&a);
	return err_within(E_IDENTITY, e, "private key");
}

enum err signer_from_bytes(struct signer **out, struct span file)
{
	return signer_from_bytes_with(out, file, NULL);
}

/* Who else may read or write the file has the key, or may put another in its place. */
static enum err check_owner(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_because(E_IDENTITY, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_because(E_IDENTITY, "not a regular file");
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_because(E_IDENTITY, "readable by others (mode %03o): chmod 600 it",
		                   (unsigned)(st.st_mode & 0777));
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return err_because(E_IDENTITY, "belongs to user %lu: chown it to root",
		                   (unsigned long)st.st_uid);
	return OK;
}

/* One octet more than is taken, so that a longer file is seen to be one. */
static enum err read_whole(int fd, uint8_t *room, size_t cap, size_t *n)
{
	ssize_t got;

	*n = 0;
	for (;;) {
		got = read(fd, room + *n, cap - *n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_because(E_IDENTITY, "%s", strerror(errno));
		*n += (size_t)got;
		if (got == 0 || *n == cap)
			return OK;
	}
}

static enum err read_file(const char *path, uint8_t *room, size_t cap, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	enum err e;

	if (fd < 0)
		return err_because(E_IDENTITY, "%s",
		                   errno == ELOOP ? "a symbolic link" : strerror(errno));
	e = check_owner(fd);
	if (e == OK)
		e = read_whole(fd, room, cap, n);
	close(fd);
	return e;
}

enum err signer_from_file_with(struct signer **out, const char *path, const struct key_password *p)
{
	uint8_t room[KEY_FILE_MAX + 1];
	size_t n = 0;
	enum err e = read_file(path, room, sizeof room, &n), is_store = OK;

	*out = NULL;
	if (e == OK)
		is_store = key_refuse_pkcs12((struct span){ room, n }, path);
	if (e == OK && is_store == OK)
		e = signer_from_bytes_with(out, (struct span){ room, n }, p);
	wipe(room, sizeof room);
	if (is_store != OK)
		return is_store;
	return e == E_IDENTITY ? err_because(e, "%s: %s", path, err_reason(e)) : e;
}

enum err signer_from_file(struct signer **out, const char *path)
{
	return signer_from_file_with(out, path, NULL);
}
