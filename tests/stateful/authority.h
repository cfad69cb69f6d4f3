/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Two CAs, "one" and "two", that do as RFC 8555 has it, or as the play wants.
 * They live in true time. What no client may ever do ends the program.
 */

#include "http.h"

#include <jansson.h>

#define AUTHORITIES 2

struct authority;

struct authority_reply {
	long status; /* 0: none, the connection is lost */
	bool is_late; /* ... or there is never an answer */
	struct http_header headers[5];
	size_t header_count;
	char nonce[24];
	char retry_after[32];
	char *location; /* owned, as the next */
	char *body;
	size_t length;
};

void authority_answer(
	const struct http_request *request, struct authority_reply *out);
void authority_reply_clear(struct authority_reply *reply);

/* Transfers under way. */
unsigned authority_busy(void);

void authorities_begin(void);
void authorities_end(void);

/* Requests since the start, and those of the last hour of true time. */
unsigned authority_requests(void);
unsigned authority_requests_in_hour(void);

/* What is wrong from now on; see authority_fault.c for the numbers. */

enum authority_place {
	PLACE_ANY,
	PLACE_DIRECTORY,
	PLACE_NONCE,
	PLACE_ACCOUNT,
	PLACE_NEW_ORDER,
	PLACE_ORDER,
	PLACE_AUTHORIZATION,
	PLACE_CHALLENGE,
	PLACE_FINALIZE,
	PLACE_CERTIFICATE,
	PLACE_RENEWAL_INFO,
	PLACES,
};

struct authority_fault {
	enum authority_place place;
	unsigned kind;
	unsigned left; /* so many requests of that place */
	unsigned detail;
};

void authority_disturb(size_t authority, const struct authority_fault *fault);

enum authority_whim {
	WHIM_NONE,
	WHIM_LOSE_ORDERS,
	WHIM_EXPIRE_ORDERS,
	WHIM_DEACTIVATE,
	WHIM_VALIDATE_AT_ONCE,
	WHIM_FAIL_VALIDATIONS, /* `detail` of them */
	WHIM_CERTIFICATES, /* the next: see order_make_chain() */
	WHIM_PROCESS, /* `detail` looks until it is issued */
	WHIM_WINDOW, /* of renewal information */
	WHIM_FORGET_ACCOUNT,
	WHIM_CLOSE_ACCOUNT,
	WHIMS,
};

void authority_indulge(
	size_t authority, enum authority_whim whim, unsigned detail);

/* Everything is well again. */
void authority_heal(size_t authority);

/* Told of each order that is made, by the name of its certificate. */
void authority_on_order(const char *name);

/* Something has happened that may well lead to another order: of all names,
 * or of those that were ordered so many seconds ago at most. */
void authorities_excuse(int64_t seconds);

/* The waits that were asked for: a request before one is over ends the
 * program. */
void patience_expect(const struct authority *authority, const char *path,
	const json_t *payload);
void patience_note(const struct authority *authority, const char *path,
	const json_t *payload, const struct authority_reply *reply);
/* acmed is started again; or it need not know of any. */
void patience_restart(bool is_clean);
void patience_forget(void);

/* For the parts. */

struct authority {
	const char *name;
	char base[32]; /* "https://one.test" */
	unsigned nonces;
	unsigned char used[8192]; /* bits: those that came back */
	unsigned accounts; /* made so far; 0: there is none now */
	bool has_account;
	bool is_closed; /* the account */
	struct authority_fault fault;
	unsigned window; /* of renewal information */
};

extern struct authority authorities[AUTHORITIES];

/* A reply with JSON, whose reference it takes. */
void reply_json(struct authority_reply *out, long status, json_t *body);
void reply_problem(struct authority_reply *out, long status, const char *type,
	const char *detail);
void reply_retry_after(struct authority_reply *out, const char *value);
void reply_location(struct authority_reply *out, const char *base,
	const char *path, unsigned number);

/* Spoils a reply, or gives none at all. True: what was asked is not even
 * done. */
bool fault_comes_first(
	const struct authority_fault *fault, struct authority_reply *out);
void fault_comes_after(
	const struct authority_fault *fault, struct authority_reply *out);
