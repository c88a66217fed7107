/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files, read under a cap and replaced atomically. */
#ifndef ONRAMP_STORE_FILE_H
#define ONRAMP_STORE_FILE_H

#include "platform/base/arena.h"
#include "platform/base/octets.h"

/*
 * The whole regular file into the arena.  E_STORE with the reason (errno in
 * words); E_TOO_BIG above max.  *absent, when not NULL, tells a missing file
 * (then OK and an empty span) from a broken one.
 */
MUST_CHECK enum err file_read(struct arena *a, const char *path, size_t max, struct span *out,
                              bool *absent);

/* The same, not read but open: octets_close() closes it. */
MUST_CHECK enum err file_open(const char *path, size_t max, struct octets *out);

/* A file in that directory, for reading and writing, which nobody else finds: its name is
   gone, and with the descriptor the file. */
MUST_CHECK enum err file_unnamed(const char *directory, int *fd);

/* tmp in the same directory, 0600 or mode, fsync, rename, fsync of the directory.
   On any error the old file stands and the tmp is gone. */
MUST_CHECK enum err file_replace(const char *path, struct span content, unsigned mode);

MUST_CHECK enum err file_replace_octets(const char *path, const struct octets *content,
                                        unsigned mode);

/* The same of a symbolic link, in place of what is there. */
MUST_CHECK enum err file_replace_link(const char *path, const char *target);

/* Adds to the end; made with the mode where absent.  For logs: not synced. */
MUST_CHECK enum err file_append(const char *path, struct span content, unsigned mode);

/* The file goes; one that is not there is gone already. */
MUST_CHECK enum err file_remove(const char *path);

/*
 * One process at a time works with a file that file_replace() exchanges: PATH.lock
 * beside it is held until file_unlock() or the process's end.  E_BUSY when another
 * one holds it; it is not waited for.  fd of what is not held: -1.
 */
MUST_CHECK enum err file_lock(const char *path, int *fd);
void file_unlock(const char *path, int *fd);

/* Directory, and its parents, 0700 where made. */
MUST_CHECK enum err file_make_directory(const char *path);

/* Root prefix of the device (`--root DIR`): every path of the device is looked
   up below it. "" by default. */
void file_root(const char *prefix);
/* prefix + path into out; E_SPACE when too long. */
MUST_CHECK enum err file_rooted(const char *path, char *out, size_t cap);

#endif
