/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the device ships with: its IDevID, the MASA's anchors, its settings. */
#ifndef ONRAMP_AGENT_DEVICE_H
#define ONRAMP_AGENT_DEVICE_H

#include "agent/settings.h"
#include "platform/pki/path.h"
#include "platform/store/generation.h"

struct device {
	struct settings settings;
	struct credential idevid;
	char serial_number[SERIAL_NUMBER_MAX + 1]; /* X520SerialNumber of its subject */
	struct anchors masa;
	struct arena *arena; /* lives as long as the device */
	struct store store;
};

/*
 * Loads the settings into the arena; the store is opened separately.  What the factory
 * put in is loaded by whoever needs it: a device that has its certificate does not.
 * E_CONFIG: the reason says which file.
 */
MUST_CHECK enum err device_load(struct device *d, struct arena *a, const char *config);
void device_close(struct device *d);

/* IDevID key and chain, unless they are loaded; and the MASA's anchors. E_IDENTITY, E_CONFIG. */
MUST_CHECK enum err device_load_identity(struct device *d);
MUST_CHECK enum err device_load_anchors(struct device *d);

/*
 * What an operator has to know of loaded identity and anchors, in words; NULL: nothing.
 * (Any certificate of the maker's but a device's may sign vouchers.)
 */
const char *device_signers_warning(const struct device *d);

/*
 * Every certificate of a PEM or DER file as an anchor; the path as it is, not below the
 * root.  One that cannot be used is named in a warning, what and file first, and does not
 * spoil the others; its fault is the file's when none is left.
 */
MUST_CHECK enum err anchors_from_file(struct arena *a, const char *what, const char *path,
                                      struct anchors *to);

/* The same of a file that is open, of any size. */
struct named_file {
	const char *what, *path; /* "masa_trust", the name in the configuration */
	struct octets octets;
};
MUST_CHECK enum err anchors_from(struct arena *a, const struct named_file *file,
                                 struct anchors *to);

/* Whether a certificate of a file can be read; a warning says which one cannot, and why. */
MUST_CHECK enum err named_cert_read(const struct named_file *file, size_t number, struct span der,
                                    struct cert *out);

/* After what was done with the store open: ends that, and a service that sleeps looks again.
   Not where another had the store: what it does would be cut short. */
void device_close_and_wake(struct device *d);
/* Opens and locks the state directory of the settings. */
MUST_CHECK enum err device_open_store(struct device *d);

/*
 * The live generation's key and certificate, checked to fit together.  It is at least as
 * late as the owner's CA says there: the clock's floor is raised to notBefore.
 */
MUST_CHECK enum err device_live_credential(const struct device *d, struct arena *a,
                                           struct credential *out);

#endif
