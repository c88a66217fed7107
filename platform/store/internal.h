/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared inside platform/store: calls relative to a directory, errors in words. */
#ifndef ONRAMP_STORE_INTERNAL_H
#define ONRAMP_STORE_INTERNAL_H

#include "platform/base/arena.h"
#include "platform/base/octets.h"

/* E_STORE: "WHAT NAME: Permission denied". */
enum err store_failed(const char *what, const char *name);

/* flock(2), not waited for: E_BUSY. */
MUST_CHECK enum err hold_lock(int fd, const char *name);

/* Every byte, over short writes and EINTR. */
MUST_CHECK enum err write_all(int fd, const char *name, struct span content);
MUST_CHECK enum err read_all(int fd, const char *name, struct arena *a, size_t max,
                             struct span *out);
MUST_CHECK enum err sync_directory(int dir, const char *name);
/* STORE_RESERVE is free; path is for the words. */
MUST_CHECK enum err enough_room(int dir, const char *path);

/* A new file in dir, in place of an old one, written and fsynced. */
MUST_CHECK enum err write_tmp(int dir, const char *tmp, const struct octets *content,
                              unsigned mode);
/* name in dir: NAME.tmp written, fsynced, renamed over it, dir fsynced. */
MUST_CHECK enum err replace_at(int dir, const char *name, const struct octets *content,
                               unsigned mode);

/* Regular file name in dir, no link followed. */
MUST_CHECK enum err read_at(int dir, const char *name, struct arena *a, size_t max,
                            struct span *out, bool *absent);
/* The same, not read but open: octets_close(). */
MUST_CHECK enum err open_at(int dir, const char *name, size_t max, struct octets *out,
                            bool *absent);

#endif
