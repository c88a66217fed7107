/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the operator wants: /etc/config/onramp, as docs/configuration.md has it.
 * Read, never written.  Strings live in the caller's arena.
 */
#ifndef ONRAMP_AGENT_SETTINGS_H
#define ONRAMP_AGENT_SETTINGS_H

#include "agent/schedule.h"
#include "cmp/cmp.h"
#include "platform/base/log.h"
#include "platform/tls/channel.h"
#include "platform/uci/uci.h"
#include "voucher/voucher.h"

struct text_values {
	const char *s[CA_PUBS_MAX];
	size_t n;
};

struct registrar_setting {
	const char *name; /* of the section; "" when anonymous */
	const char *url;
};

/* After the enrolment. What is NULL is as for the enrolment. */
struct life_settings {
	bool renew;
	const char *url; /* of the owner's server; http:// too; NULL: the registrar */
	const char *path;
	bool has_labels;
	enum cmp_labels labels;
	const char *profile;
	struct schedule_params when;
	bool root_updates, crls;
};

struct settings {
	bool enabled;
	enum log_level log_level;
	const char *state_dir; /* /etc/onramp */
	enum clock_trust trust_clock;
	const char *proxy; /* http://HOST:PORT; NULL: straight */
	struct text_values no_proxy;

	const char *idevid_cert, *idevid_key; /* files, PEM or DER */
	struct text_values masa_trust;        /* files of MASA trust anchors */
	struct voucher_signers masa_signers;  /* who of those below them signs; none: any MASA */

	struct registrar_setting registrars[CANDIDATES_MAX];
	size_t registrar_count;
	unsigned registrar_sections[CANDIDATES_MAX], section; /* numbers; the one being read */

	bool accept_nonceless;
	enum tls_version tls_version;

	const char *cmp_path; /* /.well-known/cmp */
	enum cmp_labels cmp_labels;
	const char *profile;  /* certProfile; "" none */
	bool profile_in_path; /* /.well-known/cmp/p/PROFILE (RFC 9483 6.1) */
	bool has_key_kind;
	enum key_kind key_kind; /* used unless the CA's template asks for another */
	enum cmp_confirm confirm;
	const char *subject; /* NULL: the IDevID's */
	struct text_values dns_names, ip_addresses;

	struct life_settings life;
};

/* E_CONFIG with file name, line and what is wrong; unknown options are warned about. */
MUST_CHECK enum err settings_load(struct arena *a, const char *path, struct settings *out);

/* The words of trust_clock: 0, 1 (and what else is a boolean), auto. */
MUST_CHECK enum err settings_clock_trust(const char *value, enum clock_trust *out);

#endif
