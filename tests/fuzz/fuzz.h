/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the harnesses share. Each file NAME.c here is one harness, fuzz_NAME:
 * it hands bytes to one parser and checks what comes out, a crash being only
 * the crudest of faults.
 */

#include "error.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_NOW INT64_C(1795239852) /* 2026-11-21T05:44:12Z */

/* Every harness there is, for the list and the declarations. */
#define FUZZ_HARNESSES(X) \
	X(account) \
	X(answers) \
	X(authorization) \
	X(caa) \
	X(certificate) \
	X(chain) \
	X(client_hello) \
	X(config) \
	X(control) \
	X(csr) \
	X(deploy) \
	X(directory) \
	X(dns_answer) \
	X(dns_update) \
	X(headers) \
	X(hook_reply) \
	X(http01) \
	X(ini) \
	X(letter) \
	X(lineage_load) \
	X(lineage_state) \
	X(message) \
	X(order) \
	X(order_document) \
	X(payload) \
	X(problem) \
	X(renewal_info) \
	X(secrets) \
	X(starttls) \
	X(state) \
	X(telling) \
	X(timestamp) \
	X(vault) \
	X(wish)

typedef void fuzz_harness(const uint8_t *bytes, size_t length);

#define FUZZ_DECLARE(name) fuzz_harness fuzz_##name;
FUZZ_HARNESSES(FUZZ_DECLARE)

/* The harness of that name, or NULL; the names in their order, or NULL. */
fuzz_harness *fuzz_find(const char *name);
const char *fuzz_name(size_t index);

/* Ends the program when it does not hold. */
#define fuzz_check(condition) \
	((condition) ? (void)0 : fuzz_broken(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_broken(const char *condition, const char *file, int line);

/* An error that was written on a failure is one that can be shown, sent and
 * stored. */
void fuzz_check_error(const struct error *err);
/* Printable, one line, no half characters. */
void fuzz_check_text(const char *text);

/* What is left of an input that has several parts, one behind the other,
 * with a line of "%%" between them. */
struct fuzz_parts {
	const uint8_t *bytes;
	size_t left;
};

/* The next part with a NUL behind it, in memory of exactly that size; free it
 * with free(). Empty at the end. */
char *fuzz_part(struct fuzz_parts *parts, size_t *length);

/* A copy of all the bytes with a NUL behind it. */
char *fuzz_string(const uint8_t *bytes, size_t length);

/* The object that the bytes are, or NULL. */
json_t *fuzz_object(const uint8_t *bytes, size_t length);

/* What the vault of its harness replies to a request of the loop: a new
 * reference, or NULL with err; ERROR_NONE where it has gone to make a key. */
json_t *fuzz_vault_reply(const json_t *request, struct error *err);
/* The state folder of that vault; and it starts again with what lies there. */
int fuzz_vault_state(void);
void fuzz_vault_restart(void);

/* How the last conversation of these two harnesses ended. On the control
 * socket: a call of it was taken ("called"), it was thrown out ("dropped"), or
 * neither ("waits"). At the port of tls-alpn-01: with more than alerts
 * ("greeted") or not ("dropped"). */
const char *fuzz_control_end(void);
const char *fuzz_hello_end(void);
