/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Somebody else at work between two system calls of ours. */
#ifndef ONRAMP_TESTS_UNIT_FAKE_CALLS_H
#define ONRAMP_TESTS_UNIT_FAKE_CALLS_H

#include <sys/types.h>

/* All zero: nobody. */
struct fake_calls {
	const char *plants;  /* a file made anew by this name whenever it is removed ... */
	const char *content; /* ... that says this */
	mode_t mode_before;  /* what the last fchmod() found, type included */
};
extern struct fake_calls fake_calls;

#endif
