/* SPDX-License-Identifier: MIT */

/* What goes wrong with one reply of a CA. */

#include "authority.h"
#include "mem.h"
#include "text.h"
#include "timestamp.h"
#include "world.h"

#include <stdio.h>

enum kind {
	LOST_BEFORE, /* nothing was done */
	LOST_AFTER, /* it was done, and nobody knows */
	LATE,
	PROBLEM,
	UNAVAILABLE,
	LIMITED,
	BAD_NONCE,
	GONE,
	PAGE, /* HTML */
	EMPTY,
	CUT,
	SPOILT, /* one byte */
	PATIENT, /* a good reply with a Retry-After */
	OTHER_STATUS,
	KINDS,
};

static const struct {
	const char *type;
	long status;
} PROBLEMS[] = {{"serverInternal", 500}, {"unauthorized", 403},
	{"malformed", 400}, {"rejectedIdentifier", 400}, {"caa", 403},
	{"connection", 400}, {"dns", 400}, {"orderNotReady", 403},
	{"alreadyReplaced", 409}, {"accountDoesNotExist", 400},
	{"userActionRequired", 403}, {"externalAccountRequired", 403},
	{"badCSR", 400}, {"badSignatureAlgorithm", 400},
	{"invalidProfile", 400}, {"unheardOf", 418}, {"rateLimited", 429}};

/* What may stand in a Retry-After. */
static void wait(struct authority_reply *out, unsigned detail)
{
	static const char *const VALUES[] = {"1", "60", "3600", "86400",
		"604800", "0", "-5", "99999999999999999999", "soon",
		"Fri, 01 Jan 2100 00:00:00 GMT",
		"Thu, 01 Jan 1970 00:00:00 GMT", "5"};

	reply_retry_after(
		out, VALUES[detail % (sizeof(VALUES) / sizeof(*VALUES))]);
}

static void give_problem(struct authority_reply *out, unsigned detail)
{
	size_t which = detail % (sizeof(PROBLEMS) / sizeof(*PROBLEMS));

	reply_problem(out, PROBLEMS[which].status, PROBLEMS[which].type,
		"it is not to be");
}

static void give_page(struct authority_reply *out)
{
	reply_json(out, 200, json_object());
	free(out->body);
	out->body = mem_string("<html><body>Please log in</body></html>");
	out->length = strlen(out->body);
	out->headers[0].value = "text/html";
}

bool fault_comes_first(
	const struct authority_fault *fault, struct authority_reply *out)
{
	switch ((enum kind)(fault->kind % KINDS)) {
	case LOST_BEFORE:
		return true;
	case LATE:
		out->is_late = true;
		return true;
	case PROBLEM:
		give_problem(out, fault->detail);
		return true;
	case UNAVAILABLE:
		reply_problem(out, 503, "serverInternal", "we are down");
		wait(out, fault->detail);
		return true;
	case LIMITED:
		reply_problem(out, 429, "rateLimited", "too many of them");
		wait(out, fault->detail);
		return true;
	case BAD_NONCE:
		reply_problem(out, 400, "badNonce", "not mine");
		return true;
	case GONE:
		reply_problem(out, 404, "malformed", "nothing here");
		return true;
	case PAGE:
		give_page(out);
		return true;
	case LOST_AFTER:
	case EMPTY:
	case CUT:
	case SPOILT:
	case PATIENT:
	case OTHER_STATUS:
	case KINDS:
		break;
	}
	return false;
}

void fault_comes_after(
	const struct authority_fault *fault, struct authority_reply *out)
{
	size_t place = out->length ? fault->detail * 7 % out->length : 0;

	switch ((enum kind)(fault->kind % KINDS)) {
	case LOST_AFTER:
		authority_reply_clear(out);
		return;
	case EMPTY:
		place = 0;
		/* fall through */
	case CUT:
		out->length = place;
		if (out->body)
			out->body[place] = '\0';
		return;
	case SPOILT:
		if (out->length)
			out->body[place] ^= 0x11;
		return;
	case PATIENT:
		wait(out, fault->detail);
		return;
	case OTHER_STATUS:
		out->status = 200 + fault->detail % 5 * 100;
		return;
	case LOST_BEFORE:
	case LATE:
	case PROBLEM:
	case UNAVAILABLE:
	case LIMITED:
	case BAD_NONCE:
	case GONE:
	case PAGE:
	case KINDS:
		return;
	}
}
