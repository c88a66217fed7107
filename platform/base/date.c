/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dates as text, to and from seconds since 1970 UTC; proleptic Gregorian. */
#include <stdio.h>

#include "platform/base/date.h"
#include "platform/base/log.h"

struct civil {
	unsigned year, month, day, hour, minute, second;
};

enum { DAY = 86400, DAYS_TO_1970 = 719162 };             /* from 0001-01-01 */
static const int64_t date_first = -INT64_C(62135596800); /* 0001-01-01T00:00:00Z */

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char day_names[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */

static bool leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && leap(year) ? 29 : days[month - 1];
}

static int64_t days_before_year(unsigned year)
{
	int64_t y = (int64_t)year - 1;

	return 365 * y + y / 4 - y / 100 + y / 400;
}

static bool civil_valid(const struct civil *c)
{
	return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days_in_month(c->year, c->month) && c->hour < 24 && c->minute < 60 &&
	       c->second < 60;
}

static int64_t civil_to_seconds(const struct civil *c)
{
	int64_t days = days_before_year(c->year) - DAYS_TO_1970 + c->day - 1;

	for (unsigned m = 1; m < c->month; m++)
		days += days_in_month(c->year, m);
	return days * DAY + c->hour * 3600 + c->minute * 60 + c->second;
}

static struct civil civil_from_seconds(int64_t seconds)
{
	int64_t since = seconds - date_first;
	int64_t days = since / DAY, rest = since % DAY;
	struct civil c = { .year = (unsigned)(days / 366) + 1, .month = 1 };

	while (days_before_year(c.year + 1) <= days)
		c.year++;
	days -= days_before_year(c.year);
	for (; days >= days_in_month(c.year, c.month); c.month++)
		days -= days_in_month(c.year, c.month);
	c.day = (unsigned)days + 1;
	c.hour = (unsigned)(rest / 3600);
	c.minute = (unsigned)(rest / 60 % 60);
	c.second = (unsigned)(rest % 60);
	return c;
}

/* A picture has a letter of YMDhms for each digit of a number; all else is itself. */
static bool match(struct span s, const char *picture, struct civil *c)
{
	static const char letters[] = "YMDhms";
	unsigned *const field[] = {
		&c->year, &c->month, &c->day, &c->hour, &c->minute, &c->second
	};

	for (size_t i = 0; picture[i] != '\0'; i++) {
		const char *letter = strchr(letters, picture[i]);

		if (i >= s.n)
			return false;
		if (letter == NULL) {
			if (s.p[i] != (uint8_t)picture[i])
				return false;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		field[letter - letters][0] *= 10;
		field[letter - letters][0] += s.p[i] - (unsigned)'0';
	}
	return true;
}

static enum err not_a_date(struct span s, const char *expected)
{
	return err_because(E_TEXT, "%s is not a date of the form %s",
	                   log_quote(&(struct quoted){ 0 }, s), expected);
}

static enum err no_such_time(struct span s)
{
	return err_because(E_RANGE, "%s: there is no such time",
	                   log_quote(&(struct quoted){ 0 }, s));
}

enum err date_from_utctime(struct span s, int64_t *seconds)
{
	struct civil c = { 0 };

	*seconds = 0;
	if (s.n != 13 || !match(s, "YYMMDDhhmmssZ", &c))
		return not_a_date(s, "YYMMDDHHMMSSZ");
	c.year += c.year < 50 ? 2000 : 1900; /* RFC 5280 4.1.2.5.1 */
	if (!civil_valid(&c))
		return no_such_time(s);
	*seconds = civil_to_seconds(&c);
	return OK;
}

enum err date_from_generalized(struct span s, int64_t *seconds)
{
	struct civil c = { 0 };

	*seconds = 0;
	if (s.n != 15 || !match(s, "YYYYMMDDhhmmssZ", &c))
		return not_a_date(s, "YYYYMMDDHHMMSSZ");
	if (!civil_valid(&c))
		return no_such_time(s);
	*seconds = civil_to_seconds(&c);
	return OK;
}

/* time-secfrac = "." 1*DIGIT (RFC 3339 5.6): its length, 0 if malformed */
static size_t fraction_length(struct span s)
{
	size_t n = 1;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n > 1 ? n : 0;
}

/* time-offset = "Z" / ("+" / "-") time-hour ":" time-minute (RFC 3339 5.6) */
static bool offset(struct span s, int64_t *seconds)
{
	struct civil c = { 0 };

	*seconds = 0;
	if (s.n == 1 && (s.p[0] == 'Z' || s.p[0] == 'z'))
		return true;
	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-'))
		return false;
	if (!match((struct span){ s.p + 1, 5 }, "hh:mm", &c) || c.hour > 23 || c.minute > 59)
		return false;
	*seconds = c.hour * 3600 + c.minute * 60;
	if (s.p[0] == '-')
		*seconds = -*seconds;
	return true;
}

/* full-date "T" full-time (RFC 3339 5.6); a leap second is no time of ours. */
enum err date_from_rfc3339(struct span s, int64_t *seconds)
{
	static const char form[] = "YYYY-MM-DDTHH:MM:SSZ";
	struct civil c = { 0 };
	size_t at = 19;
	int64_t shift, utc;

	*seconds = 0;
	if (!match(s, "YYYY-MM-DDThh:mm:ss", &c)) {
		c = (struct civil){ 0 };
		if (!match(s, "YYYY-MM-DDthh:mm:ss", &c))
			return not_a_date(s, form);
	}
	if (at < s.n && s.p[at] == '.') {
		size_t n = fraction_length((struct span){ s.p + at, s.n - at });

		if (n == 0)
			return not_a_date(s, form);
		at += n;
	}
	if (!offset((struct span){ s.p + at, s.n - at }, &shift))
		return not_a_date(s, form);
	if (!civil_valid(&c))
		return no_such_time(s);
	utc = civil_to_seconds(&c) - shift;
	if (utc < date_first || utc > DATE_NEVER)
		return no_such_time(s);
	*seconds = utc;
	return OK;
}

/* The place of a three-letter name in a list of them; -1 if it is none. */
static int name_index(struct span s, size_t at, const char *names)
{
	for (int i = 0; names[3 * i] != '\0'; i++)
		if (memcmp(s.p + at, names + 3 * i, 3) == 0)
			return i;
	return -1;
}

/* RFC 9110 5.6.7: IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT */
enum err date_from_http(struct span s, int64_t *seconds)
{
	struct civil c = { 0 };
	int month, day;

	*seconds = 0;
	if (s.n != 29 || !match((struct span){ s.p + 3, 5 }, ", DD ", &c) ||
	    !match((struct span){ s.p + 11, 15 }, " YYYY hh:mm:ss ", &c) ||
	    !span_is((struct span){ s.p + 26, 3 }, "GMT"))
		return not_a_date(s, "Sun, 06 Nov 1994 08:49:37 GMT");
	month = name_index(s, 8, month_names);
	day = name_index(s, 0, day_names);
	c.month = (unsigned)(month + 1);
	if (month < 0 || day < 0 || !civil_valid(&c))
		return no_such_time(s);
	*seconds = civil_to_seconds(&c);
	if ((*seconds - date_first) / DAY % 7 != (day + 3) % 7) { /* 0001-01-01 was a Monday */
		*seconds = 0;
		return no_such_time(s);
	}
	return OK;
}

/* Dates come from readers that keep the range; a stray number stays printable. */
static struct civil civil_clamped(int64_t seconds)
{
	if (seconds < date_first)
		seconds = date_first;
	return civil_from_seconds(seconds > DATE_NEVER ? DATE_NEVER : seconds);
}

const char *date_to_rfc3339(struct date_text *t, int64_t seconds)
{
	struct civil c = civil_clamped(seconds);

	snprintf(t->s, sizeof t->s, "%04u-%02u-%02uT%02u:%02u:%02uZ", c.year % 10000, c.month % 100,
	         c.day % 100, c.hour % 100, c.minute % 100, c.second % 100);
	return t->s;
}

const char *date_to_generalized(struct date_text *t, int64_t seconds)
{
	struct civil c = civil_clamped(seconds);

	snprintf(t->s, sizeof t->s, "%04u%02u%02u%02u%02u%02uZ", c.year % 10000, c.month % 100,
	         c.day % 100, c.hour % 100, c.minute % 100, c.second % 100);
	return t->s;
}

const char *date_to_utctime(struct date_text *t, int64_t seconds)
{
	struct civil c = civil_clamped(seconds);

	snprintf(t->s, sizeof t->s, "%02u%02u%02u%02u%02u%02uZ", c.year % 100, c.month % 100,
	         c.day % 100, c.hour % 100, c.minute % 100, c.second % 100);
	return t->s;
}
