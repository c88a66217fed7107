/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A wolfSSL that was built without a group, or that takes what was never offered. */
#ifndef ONRAMP_TESTS_UNIT_FAKE_LIBRARY_H
#define ONRAMP_TESTS_UNIT_FAKE_LIBRARY_H

/* All zero: the library as it is. */
struct fake_library {
	unsigned lacks;            /* IANA's number of a group that it refuses */
	const char *suite, *group; /* what it says was negotiated */
	int version;
};
extern struct fake_library fake_library;

#endif
