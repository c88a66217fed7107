/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Servers for tests in processes of their own (tests/unit/http/server.py), and their certificates. */
#ifndef ONRAMP_TESTS_UNIT_FAKE_SERVER_H
#define ONRAMP_TESTS_UNIT_FAKE_SERVER_H

#include <stdint.h>
#include <sys/types.h>

#include "platform/pki/credential.h"

struct server {
	pid_t pid;
	int stop; /* its standard input: it ends when this is closed */
	uint16_t port;
};

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Words for server.py, at most eight; a word that begins with "@" is a file among the
   certificates. */
void server_start(struct server *s, const char *const *words);
/* Another script, which prints its port and ends with its standard input. */
void server_start_script(struct server *s, const char *script, const char *const *words);
void server_stop(struct server *s);

/* The path of a file that certs.sh has made; made when first asked for. */
const char *server_file(const char *name);

/* The client's key and chain (client, clientsub); server_credential_close() after it. */
void server_credential(struct credential *c);
void server_credential_close(struct credential *c);

/* A TCP port on which nobody listens. */
uint16_t server_no_port(void);

/* How many descriptors this process has open. */
unsigned server_open_fds(void);

#endif
