/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Canned replies of a CA, for the tests of the protocol.
 */

#include "request.h"

#include <string.h>

#define ACME "urn:ietf:params:acme:error:"

static inline struct reply canned(long status, const char *body)
{
	return (struct reply){
		.status = status,
		.content_type = "application/json; charset=utf-8",
		.body = body,
		.length = strlen(body),
	};
}

static inline struct reply canned_at(
	long status, const char *location, const char *body)
{
	struct reply reply = canned(status, body);
	reply.location = location;
	return reply;
}
