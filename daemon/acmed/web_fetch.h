/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Fetches the answer to a challenge at one address as a CA does (RFC 8555
 * section 8.3): over plain HTTP, along at most ten redirects, whose
 * certificates nobody checks, and a few hundred bytes of a body.
 *
 * The callback comes once, from the loop and never from inside a call of this
 * header; the fetch is gone then.
 */

#include "dns_call.h"
#include "redirect.h"

#define WEB_FETCH_BODY 512

/* How far it got. */
enum web_fetch_end {
	WEB_FETCH_REPLIED,
	WEB_FETCH_UNREACHED, /* nobody took the connection */
	WEB_FETCH_HOMELESS, /* this machine has no way to such an address */
	WEB_FETCH_BROKEN, /* somebody did, and then no reply came */
	WEB_FETCH_ASTRAY, /* a redirect that a CA does not follow: err */
};

struct web_fetch_result {
	enum web_fetch_end end;
	bool is_refused; /* UNREACHED: by the machine that is there */
	struct error err; /* what stopped it, unless REPLIED */
	char url[REDIRECT_URL_MAX + 1]; /* of the last hop */
	unsigned redirects;
	long status;
	char server[64]; /* "nginx", printable; "" when it does not say */
	bool is_cdn; /* a header of a content delivery network */
	bool is_cached; /* it says that the reply has an age */
	char body[WEB_FETCH_BODY + 1];
	size_t length;
};

struct web_fetch;

struct web_fetch_wish {
	const struct dns_tools *tools; /* borrowed */
	const char *url; /* borrowed for the call */
	const struct dns_address *address; /* of the first hop; borrowed for
					    * the call */
	void (*on_end)(void *data, const struct web_fetch_result *result);
	void *data;
};

/* Never NULL. */
struct web_fetch *web_fetch_start(const struct web_fetch_wish *wish);
void web_fetch_cancel(struct web_fetch *fetch); /* NULL is fine */
