/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/config/onramp_state: a link to the live generation's view, so that UCI changes
 * when the generation does.  The package ships it; elsewhere it is made here, where
 * there is an /etc/config.  It is for looking at: a device is enrolled without it, so
 * nothing fails for want of it.
 */
#ifndef ONRAMP_AGENT_UCI_VIEW_H
#define ONRAMP_AGENT_UCI_VIEW_H

#include "agent/settings.h"

enum uci_view {
	VIEW_THERE,
	VIEW_TO_MAKE, /* missing, or to another state_dir */
	VIEW_NO_UCI,  /* there is no /etc/config */
	VIEW_FOREIGN, /* a file or a link of somebody else, and left alone */
	VIEW_UNREADABLE,
};

enum uci_view uci_view_look(const struct settings *s);

/* Makes or mends it; warns when that cannot be. */
void uci_view_show(const struct settings *s);

#endif
