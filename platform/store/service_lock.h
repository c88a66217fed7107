/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One service for each state directory, which others can wake.  The lock is one of
 * fcntl(2), held for the life of the service: it ends with the process, and the kernel
 * names who holds it, so no stored process id can be another process's by now.
 */
#ifndef ONRAMP_STORE_SERVICE_LOCK_H
#define ONRAMP_STORE_SERVICE_LOCK_H

#include "platform/base/err.h"

/* STATE/service is locked, and *fd kept until the service ends: POSIX drops the lock
   when the process closes any descriptor of this file.  E_BUSY: another service has it. */
MUST_CHECK enum err service_lock(const char *state, int *fd);

/* SIGHUP to the service of this state; false: there is none, or it may not be told. */
bool service_wake(const char *state);

#endif
