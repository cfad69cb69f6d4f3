/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A question to a name server and the answer to it (RFC 1035 section 4.1):
 * what stands in the answer section, a record at a time. A server that says
 * no is told apart by its cause: D7 when it fails, D5 for a name that is not
 * there, D1 when it will not.
 */

#include "dns_message.h"

struct dns_question {
	uint16_t id;
	uint16_t type;
	const char *name;
	bool wants_recursion;
};

/* Borrows the bytes that it was opened on. */
struct dns_answer {
	struct dns_reader reader;
	uint16_t id;
	unsigned code; /* enum dns_code, or another */
	bool is_truncated; /* ask again over TCP */
	unsigned left; /* records of the answer section */
};

/* False with err for what is no name. */
bool dns_question_write(const struct dns_question *question,
	struct dns_message *out, struct error *err);

/* Is this the answer to that very question? D7 else. */
bool dns_answer_open(struct dns_answer *answer, const unsigned char *bytes,
	size_t length, const struct dns_question *question, struct error *err);

/* Did the server answer? Else why not: NXDOMAIN is no failure. */
bool dns_answer_check(const struct dns_answer *answer,
	const struct dns_question *question, struct error *err);

/* The next record of a type; false at the end, or where nonsense begins. */
bool dns_answer_next(
	struct dns_answer *answer, uint16_t type, struct dns_record *record);

/* The name that an NS or CNAME record says; false when there is none. */
bool dns_answer_target(const struct dns_answer *answer,
	const struct dns_record *record, char name[static DNS_NAME_SIZE]);

/* What a TXT record says in all its strings, with a NUL behind it; false for
 * one that is longer than `size`, or nonsense. */
bool dns_answer_text(const struct dns_answer *answer,
	const struct dns_record *record, char *out, size_t size);

/* Does any TXT record that is left say this, however it is cut into strings?
 */
bool dns_answer_has_text(struct dns_answer *answer, const char *value);

/* The same for a record of dns-persist-01, which may say more: "VALUE; ..." */
bool dns_answer_has_persistent(struct dns_answer *answer, const char *value);
