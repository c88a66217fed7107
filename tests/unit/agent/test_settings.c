/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/config/onramp: what is right is read, what is wrong is named with its line. */
#include <stdio.h>

#include "agent/settings.h"
#include "platform/store/file.h"
#include "tests/unit/test.h"

static uint8_t room[256 * 1024];
static struct arena arena = ARENA_ON(room);

#define IDENTITY "config identity 'i'\noption cert '/c'\noption key '/k'\nlist masa_trust '/m'\n"

static enum err load(const char *text, struct settings *s)
{
	static char path[600];

	if (path[0] == '\0')
		snprintf(path, sizeof path, "%s/onramp", test_tmpdir());
	CHECK_OK(file_replace(path, span_str(text), 0600));
	arena_reset(&arena);
	return settings_load(&arena, path, s);
}

static void defaults_are_safe(void)
{
	struct settings s;

	CHECK_OK(load(IDENTITY, &s));
	CU_ASSERT(!s.enabled);
	CU_ASSERT(!s.accept_nonceless);
	CU_ASSERT_EQUAL(s.trust_clock, CLOCK_AUTO);
	CU_ASSERT_EQUAL(s.tls_version, TLS_ANY);
	CU_ASSERT_EQUAL(s.confirm, CMP_CONFIRM_IMPLICIT);
	CU_ASSERT_EQUAL(s.key_kind, KEY_KIND_EC256);
	CU_ASSERT_STRING_EQUAL(s.state_dir, "/etc/onramp");
	CU_ASSERT_STRING_EQUAL(s.cmp_path, "/.well-known/cmp");
	CU_ASSERT_EQUAL(s.registrar_count, 0);
	CU_ASSERT(s.life.renew && !s.life.root_updates && !s.life.crls);
	CU_ASSERT_PTR_NULL(s.life.url);
	CU_ASSERT_EQUAL(s.life.when.share, 66);
	CU_ASSERT_EQUAL(s.life.when.margin, 86400);
}

static void everything_is_read(void)
{
	struct settings s;

	CHECK_OK(load(IDENTITY "list masa_signer CN=MASA\n"
	                       "config onramp main\noption enabled yes\noption log_level debug\n"
	                       "option state_dir /data\noption trust_clock 0\n"
	                       "config registrar\noption url https://one.example\n"
	                       "config registrar\noption url 'https://[fe80::1%25eth0]:8443'\n"
	                       "config voucher v\noption accept_nonceless 1\n"
	                       "config tls t\noption version 1.3\n"
	                       "config enrol e\noption profile lan\noption profile_in_path 1\n"
	                       "option key_type rsa2048\noption confirm explicit\n"
	                       "option labels short\noption path /cmp\noption subject /CN=x\n"
	                       "list dns_name a.example\nlist ip_address 192.0.2.1\n"
	                       "config renew r\noption enabled 0\noption url http://ca.example\n"
	                       "option path /pkix\noption labels none\noption profile lan2\n"
	                       "option share 50\noption jitter 0\noption margin 60\n"
	                       "option root_updates 1\noption crls 1\n",
	              &s));
	CU_ASSERT(s.enabled && s.trust_clock == CLOCK_NEVER && s.accept_nonceless &&
	          s.profile_in_path);
	CU_ASSERT(s.masa_signers.n == 1 && !s.masa_signers.s[0].by_key);
	CU_ASSERT_EQUAL(s.log_level, LOG_LEVEL_DEBUG);
	CU_ASSERT_STRING_EQUAL(s.state_dir, "/data");
	CU_ASSERT_EQUAL_FATAL(s.registrar_count, 2);
	CU_ASSERT_STRING_EQUAL(s.registrars[0].url, "https://one.example");
	CU_ASSERT_EQUAL(s.tls_version, TLS_1_3);
	CU_ASSERT_EQUAL(s.key_kind, KEY_KIND_RSA2048);
	CU_ASSERT_EQUAL(s.confirm, CMP_CONFIRM_EXPLICIT);
	CU_ASSERT_EQUAL(s.cmp_labels, CMP_LABELS_SHORT);
	CU_ASSERT_STRING_EQUAL(s.dns_names.s[0], "a.example");
	CU_ASSERT_EQUAL(s.ip_addresses.n, 1);
	CU_ASSERT(!s.life.renew && s.life.root_updates && s.life.crls);
	CU_ASSERT_STRING_EQUAL(s.life.url, "http://ca.example");
	CU_ASSERT_STRING_EQUAL(s.life.path, "/pkix");
	CU_ASSERT_STRING_EQUAL(s.life.profile, "lan2");
	CU_ASSERT(s.life.has_labels && s.life.labels == CMP_LABELS_NONE);
	CU_ASSERT(s.life.when.share == 50 && s.life.when.jitter == 0 && s.life.when.margin == 60);
}

static void the_clock_is_trusted_never_always_or_by_evidence(void)
{
	static const struct {
		const char *word;
		enum clock_trust means;
	} rows[] = {
		{ "0", CLOCK_NEVER },   { "no", CLOCK_NEVER },  { "1", CLOCK_ALWAYS },
		{ "on", CLOCK_ALWAYS }, { "auto", CLOCK_AUTO },
	};
	char text[512];
	struct settings s;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(text, sizeof text, IDENTITY "config onramp main\noption trust_clock %s\n",
		         rows[i].word);
		CHECK_OK(load(text, &s));
		CU_ASSERT_EQUAL(s.trust_clock, rows[i].means);
	}
}

static void what_is_wrong_is_named(void)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "identity" },
		{ "config identity i\noption cert /c\noption key /k\n", "masa_trust" },
		{ IDENTITY "config onramp main\noption enabled maybe\n", "line 6" },
		{ IDENTITY "config onramp main\noption trust_clock Auto\n", "nor auto" },
		{ IDENTITY "config onramp main\noption proxy https://p:1\n", "proxy" },
		{ IDENTITY "config onramp main\noption proxy p:1\n", "proxy" },
		{ IDENTITY "config onramp main\noption proxy http://p:1/x\n", "proxy" },
		{ IDENTITY "config registrar\noption url http://plain.example\n", "https" },
		{ IDENTITY "config registrar\noption url 'https://u:p@x'\n", "line 6" },
		{ IDENTITY "config enrol e\noption key_type dsa\n", "line 6" },
		{ IDENTITY "config enrol e\noption protocol est\n", "cmp" },
		{ IDENTITY "config enrol e\noption confirm never\n", "line 6" },
		{ IDENTITY "config onramp main\noption state_dir relative\n", "absolute" },
		{ IDENTITY "config tls t\noption version 1.1\n", "line 6" },
		{ "config identity i\noption cert relative\n", "line 2" },
		{ IDENTITY "list masa_signer sha256:12\n", "line 5, masa_signer" },
		{ IDENTITY "list masa_signer MASA\n", "line 5, masa_signer" },
		{ IDENTITY "config enrol e\noption subject 'router 1'\n", "line 6, subject" },
		{ IDENTITY "config enrol e\nlist dns_name ok\nlist dns_name 'a b'\n",
		  "line 7, dns_name" },
		{ IDENTITY "config enrol e\nlist ip_address 300.1.1.1\n", "line 6, ip_address" },
		{ IDENTITY "config enrol e\nlist ip_address ''\n", "line 6, ip_address" },
		{ IDENTITY "config enrol e\noption path '/cmp x'\n", "line 6, path" },
		{ IDENTITY "config enrol e\noption path cmp\n", "line 6, path" },
		{ IDENTITY "config renew e\noption path '/a#b'\n", "line 6, path" },
		{ IDENTITY "config enrol e\noption profile_in_path 1\noption profile 'a b'\n",
		  "cannot stand in a path" },
		{ IDENTITY "config renew r\noption share 100\n", "line 6" },
		{ IDENTITY "config renew r\noption share -1\n", "line 6" },
		{ IDENTITY "config renew r\noption jitter 5%\n", "line 6" },
		{ IDENTITY "config renew r\noption margin 99999999999999999999\n", "line 6" },
		{ IDENTITY "config renew r\noption url ftp://x\n", "renew" },
	};
	struct settings s;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_ERR(load(bad[i].text, &s), E_CONFIG);
		if (strstr(err_reason(E_CONFIG), bad[i].says) == NULL)
			printf("said: %s\n", err_reason(E_CONFIG));
		CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_CONFIG), bad[i].says));
	}
}

static void a_proxy_is_a_url(void)
{
	struct settings s;

	CHECK_OK(load(IDENTITY "config onramp main\noption proxy http://p:3128\n"
	                       "list no_proxy a.example\nlist no_proxy 10.0.0.1\n",
	              &s));
	CU_ASSERT_STRING_EQUAL(s.proxy, "http://p:3128");
	CU_ASSERT_EQUAL(s.no_proxy.n, 2);
	CHECK_OK(load(IDENTITY, &s));
	CU_ASSERT_PTR_NULL(s.proxy);
}

static void too_many_are_refused(void)
{
	char text[8192];
	struct settings s;
	size_t n = (size_t)snprintf(text, sizeof text, IDENTITY);

	for (int i = 0; i <= CANDIDATES_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
		                      "config registrar\noption url https://x\n");
	CHECK_ERR(load(text, &s), E_CONFIG);
	n = (size_t)snprintf(text, sizeof text, IDENTITY "config identity j\n");
	for (int i = 0; i <= CA_PUBS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "list masa_trust /m\n");
	CHECK_ERR(load(text, &s), E_CONFIG);
}

static void a_path_too_long_for_its_profile_is_refused(void)
{
	char text[2048], path[URL_MAX];
	struct settings s;

	memset(path, 'x', sizeof path);
	path[0] = '/';
	for (size_t whole = URL_MAX - 1; whole <= URL_MAX; whole++) {
		size_t n = whole - strlen("/p/lan/initialization");

		snprintf(text, sizeof text,
		         IDENTITY "config enrol e\noption profile lan\noption profile_in_path 1\n"
		                  "option path %.*s\n",
		         (int)n, path);
		CU_ASSERT_EQUAL(load(text, &s), whole < URL_MAX ? OK : E_CONFIG);
	}
}

/* As `uci get` has it. */
static void of_two_urls_in_a_section_the_last_counts(void)
{
	struct settings s;

	CHECK_OK(load(IDENTITY "config registrar a\noption url https://one.example\n"
	                       "config registrar b\noption url https://two.example\n"
	                       "config registrar a\noption url https://three.example\n",
	              &s));
	CU_ASSERT_EQUAL_FATAL(s.registrar_count, 2);
	CU_ASSERT_STRING_EQUAL(s.registrars[0].url, "https://three.example");
	CU_ASSERT_STRING_EQUAL(s.registrars[1].url, "https://two.example");
}

static void a_missing_file_says_so(void)
{
	struct settings s;

	arena_reset(&arena);
	CHECK_ERR(settings_load(&arena, "/nowhere/onramp", &s), E_CONFIG);
	CU_ASSERT_PTR_NOT_NULL(strstr(err_reason(E_CONFIG), "/nowhere/onramp"));
}

const struct test_suite suite_agent_settings = {
	"agent/settings",
	{
		{ "defaults are safe", defaults_are_safe },
		{ "everything is read", everything_is_read },
		{ "the clock is trusted never, always, or by evidence",
	          the_clock_is_trusted_never_always_or_by_evidence },
		{ "what is wrong is named", what_is_wrong_is_named },
		{ "a proxy is http://HOST:PORT", a_proxy_is_a_url },
		{ "too many are refused", too_many_are_refused },
		{ "a path too long for its profile is refused",
	          a_path_too_long_for_its_profile_is_refused },
		{ "of two urls in a section the last counts",
	          of_two_urls_in_a_section_the_last_counts },
		{ "a missing file says so", a_missing_file_says_so },
	},
};
