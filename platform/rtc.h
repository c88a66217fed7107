/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The battery clock, as a witness for the system clock. */
#ifndef ONRAMP_PLATFORM_RTC_H
#define ONRAMP_PLATFORM_RTC_H

#include <stdbool.h>
#include <stdint.h>

#define RTC_CLASS "/sys/class/rtc" /* of Linux */

/*
 * Whether one of the battery clocks below dir has set the system clock at boot
 * (hctosys), and still shows its time (since_epoch).  The second is asked because
 * boot scripts set a clock that stands in the past by other means: the newest file,
 * the build of systemd.  One that keeps local time is no witness.
 */
bool rtc_vouches(const char *dir, int64_t wall);

#endif
