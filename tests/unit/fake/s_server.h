/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `openssl s_server`, told by its standard input: a TLS server that owes us nothing. */
#ifndef ONRAMP_TESTS_UNIT_FAKE_S_SERVER_H
#define ONRAMP_TESTS_UNIT_FAKE_S_SERVER_H

#include <stdint.h>
#include <sys/types.h>

#include "platform/tls/channel.h"

struct s_server {
	pid_t pid;
	int in; /* "R\n" renegotiates, "K\n" updates the key */
	int out;
	uint16_t port;
};

/* cert: NAME of NAME.crt and NAME.key that certs.sh has made.  words: more options, at
   most eight.  It takes one connection. */
void s_server_start(struct s_server *s, const char *cert, const char *const *words);

/* Connects as soon as it listens. */
MUST_CHECK enum err s_server_open(struct s_server *s, struct channel **out,
                                  struct channel_request r);

/* Ends it, and counts the lines of its output that contain the text (with -msg: messages). */
unsigned s_server_stop(struct s_server *s, const char *text);

#endif
