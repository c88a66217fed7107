/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plain connection whose server ends it while we still write. */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform/http/internal.h"
#include "tests/unit/test.h"

/* Both ends of a TCP connection; the far one may close with octets unread: a reset. */
static void connect_both(struct stream *s, int *far)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	CU_ASSERT_FATAL(bind(listener, (struct sockaddr *)&at, n) == 0 && listen(listener, 1) == 0);
	CU_ASSERT_FATAL(getsockname(listener, (struct sockaddr *)&at, &n) == 0);
	*s = STREAM_CLOSED;
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	CU_ASSERT_FATAL(connect(s->fd, (struct sockaddr *)&at, n) == 0);
	*far = accept(listener, NULL, NULL);
	CU_ASSERT_FATAL(*far >= 0);
	close(listener);
}

static void last_words_are_read(void)
{
	static const uint8_t octets[1000];
	uint8_t got[64];
	struct stream s;
	size_t n;
	int far;

	connect_both(&s, &far);
	n = sizeof octets;
	CU_ASSERT_EQUAL(stream_write(&s, octets, &n), CHANNEL_MOVED);
	CU_ASSERT(recv(far, got, sizeof got, MSG_PEEK) > 0);
	CU_ASSERT_EQUAL(send(far, "answer", 6, 0), 6);
	close(far);
	/* the second one at the latest meets the reset */
	for (int i = 0; i < 3; i++) {
		n = sizeof octets;
		CU_ASSERT_EQUAL(stream_write(&s, octets, &n), CHANNEL_MOVED);
		CU_ASSERT_EQUAL(n, sizeof octets);
	}
	CU_ASSERT(s.mute);
	n = sizeof got;
	CU_ASSERT_EQUAL(stream_read(&s, got, &n), CHANNEL_MOVED);
	CU_ASSERT(n == 6 && memcmp(got, "answer", 6) == 0);
	n = sizeof got;
	CU_ASSERT_NOT_EQUAL(stream_read(&s, got, &n), CHANNEL_MOVED);
	stream_close(&s);
}

const struct test_suite suite_http_stream = {
	"http/stream",
	{
		{ "what a server said before it broke off is read", last_words_are_read },
	},
};
