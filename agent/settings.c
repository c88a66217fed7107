/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/config/onramp as a table: section type, option, how it is read, where it goes. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/settings.h"
#include "platform/http/link_http.h"
#include "platform/pki/name.h"
#include "platform/store/file.h"

typedef enum err reader(struct settings *s, void *field, const char *value);

static enum err read_text(struct settings *s, void *field, const char *value)
{
	(void)s;
	*(const char **)field = value;
	return OK;
}

static enum err read_path(struct settings *s, void *field, const char *value)
{
	(void)s;
	if (value[0] != '/')
		return err_because(E_CONFIG, "\"%s\" is no absolute path", value);
	*(const char **)field = value;
	return OK;
}

/* Found here and not at the enrolment, when the voucher is already there. */
static enum err read_subject(struct settings *s, void *field, const char *value)
{
	uint8_t room[2048];
	struct arena scratch = ARENA_ON(room);
	struct span name;
	enum err e = value[0] == '\0' ? OK : name_from_text(&scratch, value, &name);

	return e == OK ? read_text(s, field, value) : e;
}

static enum err read_http_path(struct settings *s, void *field, const char *value)
{
	enum err e = url_check_path(value);

	return e == OK ? read_text(s, field, value) : e;
}

static enum err read_list(struct settings *s, void *field, const char *value)
{
	struct text_values *list = field;

	(void)s;
	if (list->n == CA_PUBS_MAX)
		return err_because(E_CONFIG, "more than %d values", (int)CA_PUBS_MAX);
	list->s[list->n++] = value;
	return OK;
}

static enum err read_masa_signer(struct settings *s, void *field, const char *value)
{
	(void)s;
	return voucher_signers_add(field, value);
}

static enum err read_dns_name(struct settings *s, void *field, const char *value)
{
	enum err e = cmp_name_param(CMP_NAME_DNS, value);

	return e == OK ? read_list(s, field, value) : e;
}

static enum err read_ip_address(struct settings *s, void *field, const char *value)
{
	enum err e = cmp_name_param(CMP_NAME_IP, value);

	return e == OK ? read_list(s, field, value) : e;
}

/* The words that OpenWrt's config_get_bool takes. */
static enum err read_bool(struct settings *s, void *field, const char *value)
{
	static const char *const words[] = { "0", "off", "false", "no",  "disabled",
		                             "1", "on",  "true",  "yes", "enabled" };

	(void)s;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(value, words[i]) == 0) {
			*(bool *)field = i >= 5;
			return OK;
		}
	return err_because(E_CONFIG, "\"%s\" is neither 0 nor 1", value);
}

enum err settings_clock_trust(const char *value, enum clock_trust *out)
{
	bool whether;

	*out = CLOCK_AUTO;
	if (strcmp(value, "auto") == 0)
		return OK;
	if (read_bool(NULL, &whether, value) != OK)
		return err_because(E_CONFIG, "\"%s\" is neither 0 nor 1 nor auto", value);
	*out = whether ? CLOCK_ALWAYS : CLOCK_NEVER;
	return OK;
}

static enum err read_clock_trust(struct settings *s, void *field, const char *value)
{
	(void)s;
	return settings_clock_trust(value, field);
}

static enum err read_word(void *field, const char *value, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(value, words[i]) == 0) {
			*(unsigned *)field = (unsigned)i;
			return OK;
		}
	return err_because(E_CONFIG, "\"%s\" is none of its values (docs/configuration.md)", value);
}

static enum err read_log_level(struct settings *s, void *field, const char *value)
{
	static const char *const words[] = { "error", "warning", "notice", "info", "debug" };

	(void)s;
	return read_word(field, value, words, 5);
}

static enum err read_tls_version(struct settings *s, void *field, const char *value)
{
	static const char *const words[] = { "any", "1.2", "1.3" };

	(void)s;
	return read_word(field, value, words, 3);
}

static enum err read_labels(struct settings *s, void *field, const char *value)
{
	static const char *const words[] = { "long", "short", "none" };

	(void)s;
	return read_word(field, value, words, 3);
}

static enum err read_renew_labels(struct settings *s, void *field, const char *value)
{
	s->life.has_labels = true;
	return read_labels(s, field, value);
}

static enum err read_confirm(struct settings *s, void *field, const char *value)
{
	static const char *const words[] = { "implicit", "explicit" };

	(void)s;
	return read_word(field, value, words, 2);
}

static enum err read_key_type(struct settings *s, void *field, const char *value)
{
	enum err e = key_kind_from_name(value, field);

	if (e == OK && !key_kind_available(*(enum key_kind *)field))
		return err_because(E_CONFIG, "this build cannot make %s keys", value);
	s->has_key_kind = e == OK;
	return e;
}

static enum err read_protocol(struct settings *s, void *field, const char *value)
{
	(void)s, (void)field;
	if (strcmp(value, "cmp") == 0)
		return OK;
	return err_because(E_CONFIG, "\"%s\": the protocol is cmp", value);
}

static enum err read_profile(struct settings *s, void *field, const char *value)
{
	if (strlen(value) > CMP_PROFILE_MAX)
		return err_because(E_CONFIG, "a profile name has at most %d bytes",
		                   (int)CMP_PROFILE_MAX);
	return read_text(s, field, value);
}

/* As UCI has it: of two in one section the last. */
static struct registrar_setting *registrar_of_section(struct settings *s)
{
	for (size_t i = 0; i < s->registrar_count; i++)
		if (s->registrar_sections[i] == s->section) {
			log_warning("registrar \"%s\": another url of the same section takes its "
			            "place",
			            s->registrars[i].url);
			return &s->registrars[i];
		}
	if (s->registrar_count == CANDIDATES_MAX)
		return NULL;
	s->registrar_sections[s->registrar_count] = s->section;
	return &s->registrars[s->registrar_count++];
}

/* Each registrar section gives one candidate, in the order of the file. */
static enum err read_registrar(struct settings *s, void *field, const char *value)
{
	struct registrar_setting *r;
	struct url u;
	enum err e = url_read(value, &u);

	(void)field;
	if (e != OK)
		return err_within(E_CONFIG, e, "registrar");
	if (!u.tls)
		return err_because(E_CONFIG, "\"%s\": a registrar is reached by https", value);
	if ((r = registrar_of_section(s)) == NULL)
		return err_because(E_CONFIG, "more than %d registrars", (int)CANDIDATES_MAX);
	*r = (struct registrar_setting){ "", value };
	return OK;
}

static enum err read_proxy(struct settings *s, void *field, const char *value)
{
	enum err e = proxy_check(value);

	return e == OK ? read_text(s, field, value) : err_within(E_CONFIG, e, "proxy");
}

/* Where renewals go; plain http is the operator's to choose (RFC 9483 6.1). */
static enum err read_renew_url(struct settings *s, void *field, const char *value)
{
	struct url u;
	enum err e = url_read(value, &u);

	return e == OK ? read_text(s, field, value) : err_within(E_CONFIG, e, "renew");
}

static enum err number(const char *value, long min, long max, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || *out < min ||
	    *out > max)
		return err_because(E_CONFIG, "\"%s\" is no number from %ld to %ld", value, min,
		                   max);
	return OK;
}

static enum err read_percent(struct settings *s, void *field, const char *value)
{
	long v;
	enum err e = number(value, 0, 99, &v);

	(void)s;
	if (e == OK)
		*(unsigned *)field = (unsigned)v;
	return e;
}

static enum err read_margin(struct settings *s, void *field, const char *value)
{
	long v;
	enum err e = number(value, 0, RENEW_MARGIN_MAX_S, &v);

	(void)s;
	if (e == OK)
		*(int64_t *)field = v;
	return e;
}

#define FIELD(f) offsetof(struct settings, f)
static const struct {
	const char *type, *option;
	reader *read;
	size_t field;
} table[] = {
	{ "onramp", "enabled", read_bool, FIELD(enabled) },
	{ "onramp", "log_level", read_log_level, FIELD(log_level) },
	{ "onramp", "state_dir", read_path, FIELD(state_dir) },
	{ "onramp", "trust_clock", read_clock_trust, FIELD(trust_clock) },
	{ "onramp", "proxy", read_proxy, FIELD(proxy) },
	{ "onramp", "no_proxy", read_list, FIELD(no_proxy) },
	{ "identity", "cert", read_path, FIELD(idevid_cert) },
	{ "identity", "key", read_path, FIELD(idevid_key) },
	{ "identity", "masa_trust", read_list, FIELD(masa_trust) },
	{ "identity", "masa_signer", read_masa_signer, FIELD(masa_signers) },
	{ "registrar", "url", read_registrar, 0 },
	{ "voucher", "accept_nonceless", read_bool, FIELD(accept_nonceless) },
	{ "tls", "version", read_tls_version, FIELD(tls_version) },
	{ "enrol", "protocol", read_protocol, 0 },
	{ "enrol", "path", read_http_path, FIELD(cmp_path) },
	{ "enrol", "labels", read_labels, FIELD(cmp_labels) },
	{ "enrol", "profile", read_profile, FIELD(profile) },
	{ "enrol", "profile_in_path", read_bool, FIELD(profile_in_path) },
	{ "enrol", "key_type", read_key_type, FIELD(key_kind) },
	{ "enrol", "confirm", read_confirm, FIELD(confirm) },
	{ "enrol", "subject", read_subject, FIELD(subject) },
	{ "enrol", "dns_name", read_dns_name, FIELD(dns_names) },
	{ "enrol", "ip_address", read_ip_address, FIELD(ip_addresses) },
	{ "renew", "enabled", read_bool, FIELD(life.renew) },
	{ "renew", "url", read_renew_url, FIELD(life.url) },
	{ "renew", "path", read_http_path, FIELD(life.path) },
	{ "renew", "labels", read_renew_labels, FIELD(life.labels) },
	{ "renew", "profile", read_profile, FIELD(life.profile) },
	{ "renew", "share", read_percent, FIELD(life.when.share) },
	{ "renew", "jitter", read_percent, FIELD(life.when.jitter) },
	{ "renew", "margin", read_margin, FIELD(life.when.margin) },
	{ "renew", "root_updates", read_bool, FIELD(life.root_updates) },
	{ "renew", "crls", read_bool, FIELD(life.crls) },
};

static bool is_type(const char *type)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(type, table[i].type) == 0)
			return true;
	return false;
}

/* How many octets differ at the places of the shorter one, and how much longer the other is. */
static size_t distance(const char *a, const char *b)
{
	size_t n = 0;

	for (; *a != '\0' && *b != '\0'; a++, b++)
		n += *a != *b;
	return n + strlen(a) + strlen(b);
}

/* The section type that was meant, if a slip of the pen explains it; else NULL. */
static const char *meant(const char *type)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (distance(type, table[i].type) <= 2)
			return table[i].type;
	return NULL;
}

static void warn_unknown(const struct uci_option *o, const char *path)
{
	const char *type = meant(o->type);

	if (is_type(o->type))
		log_warning("%s line %u: option \"%s\" is unknown in section type \"%s\": "
		            "ignored",
		            path, o->line, o->name, o->type);
	else
		log_warning("%s line %u: section type \"%s\" is unknown%s%s%s: ignored", path,
		            o->line, o->type, type != NULL ? " (" : "", type != NULL ? type : "",
		            type != NULL ? "?)" : "");
}

static enum err take_option(struct settings *s, const struct uci_option *o, const char *path)
{
	char where[PATH_NAME_MAX];

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(o->type, table[i].type) == 0 && strcmp(o->name, table[i].option) == 0) {
			enum err e;

			s->section = o->section_number;
			e = table[i].read(s, (char *)s + table[i].field, o->value);

			snprintf(where, sizeof where, "%s line %u, %s", path, o->line, o->name);
			return err_within(E_CONFIG, e, where);
		}
	warn_unknown(o, path);
	return OK;
}

/* With the profile and the label, "/initialization" the longest, it has to fit. */
static enum err check_place(const struct settings *s, const char *path, const char *profile)
{
	size_t n = strlen(path) + sizeof "/p//initialization";

	if (s->profile_in_path && profile[0] != '\0') {
		if (url_check_path(path) != OK || strpbrk(profile, " /?#") != NULL)
			return err_because(E_CONFIG, "profile \"%s\" cannot stand in a path",
			                   profile);
		n += strlen(profile);
	}
	if (n > URL_MAX)
		return err_because(E_CONFIG, "path %s: too long with its profile and label", path);
	return OK;
}

static enum err check_places(const struct settings *s)
{
	const char *path = s->life.path != NULL ? s->life.path : s->cmp_path;
	const char *profile = s->life.profile != NULL ? s->life.profile : s->profile;
	enum err e = check_place(s, s->cmp_path, s->profile);

	return e == OK ? check_place(s, path, profile) : e;
}

static enum err complete(const struct settings *s, const char *path)
{
	if (s->idevid_cert == NULL || s->idevid_key == NULL)
		return err_because(E_CONFIG,
		                   "%s: section identity wants the options cert and key "
		                   "(the IDevID's files)",
		                   path);
	if (s->masa_trust.n == 0)
		return err_because(E_CONFIG,
		                   "%s: section identity wants a list masa_trust (the "
		                   "manufacturer's voucher anchors)",
		                   path);
	return err_within(E_CONFIG, check_places(s), path);
}

enum err settings_load(struct arena *a, const char *path, struct settings *out)
{
	struct span text;
	struct uci u;
	bool absent;
	enum err e = file_read(a, path, UCI_FILE_MAX, &text, &absent);

	*out = (struct settings){
		.log_level = LOG_LEVEL_NOTICE,
		.state_dir = "/etc/onramp",
		.trust_clock = CLOCK_AUTO,
		.cmp_path = "/.well-known/cmp",
		.profile = "",
		.key_kind = KEY_KIND_EC256,
		.life = { .renew = true, .when = { .share = 66, .jitter = 5, .margin = 86400 } },
	};
	if (e == OK && absent)
		return err_because(E_CONFIG, "%s is not there (docs/configuration.md)", path);
	if (e != OK || (e = uci_read(a, text, &u)) != OK)
		return err_within(E_CONFIG, e, path);
	for (size_t i = 0; i < u.n && e == OK; i++)
		if (u.options[i].name != NULL)
			e = take_option(out, &u.options[i], path);
	return e == OK ? complete(out, path) : e;
}
