/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Has one version of a certificate revoked by the CA that issued it, with the
 * account or with the certificate's own key, and marked by the vault. It
 * never makes an account.
 *
 * Callbacks come from the loop, never from inside a call of this header.
 */

#include "ca.h"
#include "revocation.h"

struct revoker;

struct revoker_wish {
	struct ca *ca; /* one more user for the time of it */
	struct helper *vault; /* borrowed, as all until the end */
	const char *name; /* of the lineage */
	unsigned version;
	enum revocation_reason reason;
	const char *account; /* that issued it, or NULL: not known */
	/* Once. The CA may have done it although the vault could not note it,
	 * which err says then. */
	void (*on_end)(void *data, bool is_revoked, const struct error *err);
	void *data;
};

/* Never NULL; gone after on_end. */
struct revoker *revoker_start(const struct revoker_wish *wish);
void revoker_cancel(struct revoker *revoker);
