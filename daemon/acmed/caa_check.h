/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Looks at the CAA records of all names before the CA does (RFC 8659, RFC
 * 8657): a record that forbids costs no order then. What cannot be looked up
 * from here is left to the CA.
 *
 * The callback comes once, from the loop and never from inside a call of this
 * header; the check is gone then.
 */

#include "config.h"
#include "dns_call.h"

struct caa_check;

struct caa_check_wish {
	const struct dns_tools *tools; /* borrowed, as is the next */
	const struct config_certificate *certificate;
	const json_t *issuers; /* names that the CA goes by; kept by the check.
				  None: nothing is looked at */
	const char *account; /* URL; copied */
	/* Forbidden (D8), or NULL; and why a name could not be looked at, or
	 * NULL. */
	void (*on_end)(void *data, const struct error *forbidden,
		const struct error *doubt);
	void *data;
};

/* Never NULL. */
struct caa_check *caa_check_start(const struct caa_check_wish *wish);
void caa_check_cancel(struct caa_check *check); /* NULL is fine */
