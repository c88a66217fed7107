/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telling people what happens: a line a step on a terminal, one log line a step
 * otherwise, and status.json for `onramp status`, rpcd and LuCI.
 */
#ifndef ONRAMP_AGENT_PROGRESS_H
#define ONRAMP_AGENT_PROGRESS_H

#include "cmp/cmp.h"
#include "platform/base/log.h"
#include "platform/codec/json.h"

/* status.json as it stands, in the arena; NULL where there is none. *alive: so is the process
   that wrote it. The caller closes it. */
const struct json *progress_read(struct arena *a, bool *alive);
/* Where it lies, below the root; its directory is made. E_STORE. */
MUST_CHECK enum err progress_file(char *path, size_t cap);

/* Decides by stderr being a terminal; status_file may be NULL (no file). */
void progress_start(const char *status_file);

/* What the next steps are about: "https://registrar:8443". */
void progress_subject(const char *text);

/* A step begins; a detail of the running step; it ended (detail: last one said). */
void progress_step(const char *name);
void progress_detail(const char *format, ...) PRINTF_LIKE(1, 2);
void progress_done(enum err e);

/* A wait of some seconds, and why. */
void progress_wait(int64_t seconds, const char *why);

/* The state as a whole: "onboarding", "enrolled", "renewing", "expired", "revoked", "halted". */
void progress_state(const char *state, enum err last);

/* What the device does by itself from time to time: how it went last ("OK", "E_X: why"; ""
   not yet), and in how many seconds again (-1: not at all). */
struct duty_report {
	const char *name; /* "renewal"; NULL: none */
	char last[ERR_REASON_MAX + 32];
	int64_t next_s;
};
enum { DUTY_REPORTS_MAX = 4 };
void progress_duties(const struct duty_report *reports, size_t count);

/* For struct cmp_client. */
extern const struct cmp_watch progress_cmp_watch;

#endif
