/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The orders of the CAs, what they issue, and what they count.
 */

#include "authority.h"

#define ORDER_NAMES 4

enum order_state {
	PENDING,
	PROCESSING,
	VALID,
	INVALID,
	DEACTIVATED,
};

struct order {
	unsigned number; /* from 1; 0: none */
	const struct authority *authority;
	char names[ORDER_NAMES][64];
	size_t name_count;
	char set[256];
	enum order_state authorizations[ORDER_NAMES];
	bool is_finalized;
	bool is_lost;
	bool is_broken; /* invalid */
	bool is_fetched; /* its certificate */
	bool is_excused; /* another one for these names is no fault */
	bool is_renewal; /* by renewal information: nothing counts */
	unsigned looks; /* until it is issued */
	unsigned requests;
	int64_t created;
	char *chain; /* owned */
};

void orders_begin(void);
void orders_end(void);

/* By "/order/17", or "/authz/17" of one of its names; NULL: there is none. */
struct order *order_find(
	const struct authority *authority, const char *path, size_t *name);
/* Those that are to be ordered. */
void order_read_names(struct order *order, const json_t *payload);

/* As RFC 8555 has it. */
const char *order_status(const struct order *order);
void order_show(const struct order *order, struct authority_reply *out);
void order_show_authorization(
	const struct order *order, size_t i, struct authority_reply *out);
json_t *order_show_challenge(
	const struct order *order, size_t i, const char *type);

/* `path` is that of the URL; payload NULL for a POST-as-GET. */
void order_answer(struct authority *authority, enum authority_place place,
	const char *path, const json_t *payload, struct authority_reply *out);
void order_answer_renewal_info(const struct authority *authority,
	const char *path, struct authority_reply *out);

/* Something happens to a request: who makes another order has a reason. */
void order_excuse(const struct authority *authority, const char *path);

void order_indulge(const struct authority *authority, enum authority_whim whim,
	unsigned detail);

/* The chain for a CSR, as the play wants it; free it with free(). */
char *order_make_chain(unsigned whim, const char *csr, int days);

/* One more is wanted. False when there is none left: the client should have
 * known. `key` is a name, a set of names, or "". */
enum order_limit {
	LIMIT_OF_ORDERS,
	LIMIT_OF_SETS,
	LIMIT_OF_FAILURES,
};
bool order_limit_spend(const struct authority *authority,
	enum order_limit limit, const char *key);
void order_limits_begin(void);

/* What was issued, to be known again by its serial number. */
struct order_issue {
	long serial;
	int64_t not_before;
	int64_t not_after;
};
void orders_begin_issuing(void);
void orders_end_issuing(void);
const struct order_issue *order_find_issue(long serial);
void order_note_issue(const char *chain);
