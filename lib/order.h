/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * An ACME order (RFC 8555 section 7.4): from newOrder to the chain, as a step
 * table without input and output.
 *
 * order_next() hands out tasks until it gives NULL: nothing more just now.
 * The owner does them side by side and reports each with order_done(), in any
 * order; then asks order_next() again. A PAUSE may be reported early: that is
 * how the CA's fetch of an answer cuts a wait short. The order never calls
 * its owner, but for on_step, which tells of each step for the log.
 *
 * All authorizations are presented before any is answered, and all are valid
 * before finalize; at most ORDER_MAX_IN_FLIGHT requests are out at once. What
 * has been presented is withdrawn, on failure too: after the last step (or
 * order_abort()) the order still hands out WITHDRAW tasks, and waits for what
 * is out, but for pauses: those are over.
 */

#include "challenge.h"
#include "directory.h"

#define ORDER_MAX_IN_FLIGHT 8
#define ORDER_MAX_IDENTIFIERS 100

enum order_want {
	ORDER_WANTS_POST, /* send request, sign it first */
	ORDER_WANTS_SAVE, /* make order_url() durable before going on */
	ORDER_WANTS_CSR, /* have the vault make key and CSR */
	ORDER_WANTS_PRESENT, /* publish a challenge */
	ORDER_WANTS_WITHDRAW, /* take it back */
	ORDER_WANTS_PAUSE, /* wait */
};

struct order_task {
	enum order_want want;
	unsigned id;
	const struct request *request; /* borrowed; POST */
	const struct challenge *challenge; /* borrowed; PRESENT, WITHDRAW, and
					      PAUSE after an answer */
	double pause; /* seconds */
	bool pause_ends_on_fetch; /* report it as soon as the CA fetched */
};

/* What came of a task: err when it failed, else what the want asks for. */
struct result {
	const struct error *err; /* borrowed, or NULL */
	const struct reply *reply; /* POST */
	const char *csr; /* CSR: base64url */
	bool sees_fetches; /* PRESENT: the solver notices the CA's fetch */
};

enum order_state {
	ORDER_RUNNING,
	ORDER_ISSUED, /* order_chain() holds it */
	ORDER_FAILED, /* order_error() says why */
};

/* What is wanted; copied. */
struct order_plan {
	const struct directory *directory; /* borrowed, outlives the order */
	const char *thumbprint; /* of the account key */
	const char *account; /* its URL, or NULL: no challenge needs it */
	const struct identifier *identifiers;
	size_t identifier_count;
	const enum challenge_type *types; /* one for each identifier */
	const char *profile; /* or NULL */
	bool requires_profile; /* nothing is ordered without it */
	const char *replaces; /* RFC 9773 section 5, or NULL */
	const char *preferred_chain; /* see chain_fits(), or NULL */
	const char *url; /* of an order to resume, or NULL */
	/* Tells of a change: "order" or the identifier, from, to. */
	void (*on_step)(void *data, const char *subject, const char *from,
		const char *to);
	/* Tells of a wish that the CA did not grant; or NULL. */
	void (*on_warning)(void *data, const char *text);
	void *data;
};

struct order;

struct order *order_new(const struct order_plan *plan, struct error *err);
void order_free(struct order *order);

/* `now` is wall time in seconds, for Retry-After and deadlines. */
const struct order_task *order_next(struct order *order, int64_t now);
void order_done(struct order *order, unsigned id, const struct result *result,
	int64_t now);

/* Gives up: no more requests, withdrawals only. */
void order_abort(struct order *order, const struct error *err);

enum order_state order_state(const struct order *order);

/* Is a task still out or still to come (withdrawals after the end too)? */
bool order_is_busy(const struct order *order);

/* URL of the order once it is known, NULL before; borrowed. */
const char *order_url(const struct order *order);

/* Does the failure leave an order that is worth resuming later? (processing,
 * a Retry-After that is long, a network fault after newOrder) */
bool order_is_resumable(const struct order *order);

/* The chain of an issued order as the CA sent it, the preferred one where
 * there is one; borrowed. */
const char *order_chain(const struct order *order, size_t *length);

/* The URLs of its alternates (RFC 8555 section 7.4.2); borrowed. */
const char *const *order_alternates(const struct order *order, size_t *count);

/* Calls for each identifier that the CA could not validate. */
void order_each_invalid(const struct order *order,
	void (*on_name)(void *data, const char *name), void *data);

const struct error *order_error(const struct order *order);
