/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be asked of a struct trusted; made in voucher/pin.c. */
#include "platform/pki/trusted_make.h"

struct link *trusted_link(const struct trusted *t)
{
	return t->link;
}

const struct anchors *trusted_anchors(const struct trusted *t)
{
	return &t->anchors;
}

struct chain trusted_chain(const struct trusted *t)
{
	return link_peer_chain(t->link);
}

enum authority trusted_authority(const struct trusted *t)
{
	return t->authority;
}

bool trusted_peer_signs(const struct trusted *t)
{
	return t->peer_signs;
}
