/* SPDX-License-Identifier: GPL-2.0-or-later */
/* transfer_run: a whole exchange, libcurl and all, with the input as what the peer says */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/http/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { ANSWER_MAX = 4096 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void must_be_clean(const char *text, size_t cap)
{
	must(memchr(text, '\0', cap) != NULL);
	for (; *text != '\0'; text++)
		must((unsigned char)*text >= ' ' || *text == '\t');
}

static void must_be_an_answer(const struct exchange *x, const struct arena *a)
{
	must(x->status >= 200 && x->status <= 999);
	must(x->answer.n <= ANSWER_MAX && x->answer.n == a->used);
	must(x->retry_after >= -1);
	must_be_clean(x->media_type, sizeof x->media_type);
	must_be_clean(x->location, sizeof x->location);
}

static void must_be_nothing(const struct exchange *x, const struct arena *a)
{
	must(x->status == 0 && x->answer.n == 0 && a->used == 0);
	must(x->media_type[0] == '\0' && x->location[0] == '\0' && x->retry_after == -1);
	for (size_t i = 0; i < a->cap; i++)
		must(a->base[i] == 0);
}

/* Everything the peer says is there at once; then it listens no more. */
static bool say(int fd, const uint8_t *p, size_t n)
{
	return send(fd, p, n, MSG_NOSIGNAL) == (ssize_t)n && shutdown(fd, SHUT_WR) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t room[ANSWER_MAX + 64];
	struct arena a = ARENA_ON(room);
	struct exchange x = { .path = "/", .sends = "a/b", .answer_max = ANSWER_MAX };
	struct url at = { .host = "peer", .port = 80 };
	struct stream s = STREAM_CLOSED;
	bool reusable;
	int ends[2];

	if (n > 65536 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
		return 0;
	s.fd = ends[0];
	if (say(ends[1], p, n)) {
		if (transfer_run(&s, &at, &x, &a, clock_ticks() + 5000, &reusable) == OK)
			must_be_an_answer(&x, &a);
		else
			must_be_nothing(&x, &a);
		arena_reset(&a);
	}
	stream_close(&s);
	close(ends[1]);
	return 0;
}
