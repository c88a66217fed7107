/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Linux says of its battery clocks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "platform/base/limits.h"
#include "platform/rtc.h"

enum { RTC_LINE_MAX = 32 };

/* A number alone in a file, or -1. */
static int64_t number_in(const char *dir, int clock, const char *name)
{
	char path[PATH_NAME_MAX], line[RTC_LINE_MAX] = "", *end = line;
	int64_t n = -1;
	FILE *f;

	if ((size_t)snprintf(path, sizeof path, "%s/rtc%d/%s", dir, clock, name) >= sizeof path ||
	    (f = fopen(path, "re")) == NULL)
		return -1;
	errno = 0;
	if (fgets(line, sizeof line, f) != NULL)
		n = strtoll(line, &end, 10);
	fclose(f);
	return errno == 0 && end != line && (*end == '\n' || *end == '\0') ? n : -1;
}

bool rtc_vouches(const char *dir, int64_t wall)
{
	for (int i = 0; i < RTC_CLOCKS_MAX; i++) {
		int64_t shown;

		if (number_in(dir, i, "hctosys") != 1)
			continue;
		shown = number_in(dir, i, "since_epoch");
		if (shown >= wall - CLOCK_SKEW_MAX_S && shown <= wall + CLOCK_SKEW_MAX_S)
			return true;
	}
	return false;
}
