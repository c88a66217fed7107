/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that an operator names on a command line, which may be anything: a regular
 * file, a link to one, a terminal, a fifo, /dev/stdout, or "-".
 *
 * The content of a regular file is replaced as a whole, under the name that the links
 * lead to; mode and owner stay.  Everything else is written through: neither a link nor
 * a device node nor a fifo is ever replaced.  The state of the agent is file.h's.
 *
 * Reasons begin with the path and the cause in the system's words.
 */
#ifndef ONRAMP_STORE_TARGET_H
#define ONRAMP_STORE_TARGET_H

#include "platform/base/arena.h"
#include "platform/base/limits.h"
#include "platform/base/octets.h"

#define TARGET_STANDARD "-"

/* May this be written?  Nothing is opened or changed.  E_STORE: a directory, a file that
   we may not write, a directory that is not there or not ours to write to. */
MUST_CHECK enum err target_check(const char *path);

/*
 * Written.  mode is that of a file that is not there yet; of one that is, a mode of
 * 0600 removes what others may do.  A fifo is waited for until `deadline` (clock_ticks())
 * or clock_stop().
 */
MUST_CHECK enum err target_write(const char *path, struct span content, unsigned mode,
                                 int64_t deadline);

/* The same of content that comes by pieces: fill() puts them, in order. What is replaced
   gets its name when fill() has returned OK. */
struct target_out {
	int fd;
	const char *path;
	int64_t deadline;
};
struct target_filler {
	enum err (*fill)(void *context, const struct target_out *to);
	void *context;
};
MUST_CHECK enum err target_put(const struct target_out *to, struct span piece);
MUST_CHECK enum err target_fill(const char *path, const struct target_filler *f, unsigned mode,
                                int64_t deadline);

/* A file without a name, for reading and writing: beside what path leads to, if that is a
   regular file or may become one; else, and for NULL, in TMPDIR or /tmp. */
MUST_CHECK enum err target_spool(const char *path, int *fd);

/* Open for reading by pieces, over and again: what is no regular file is copied first, into
   one without a name.  octets_close().  E_TOO_BIG above max. */
MUST_CHECK enum err target_open(const char *path, size_t max, struct octets *out);

/* The whole of it, "-" is the standard input.  E_TOO_BIG above max; *absent as in
   file_read(). */
MUST_CHECK enum err target_read(struct arena *a, const char *path, size_t max, struct span *out,
                                bool *absent);

bool target_is_there(const char *path); /* "-" always is */

/* Both lead to one regular file, which may be absent yet, or both to the standard output. */
bool target_same(const char *path, const char *other);

/* The path behind the links; E_STORE unless that is a regular file, or nothing yet. */
MUST_CHECK enum err target_resolve(const char *path, char out[PATH_NAME_MAX]);

#endif
