/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The tasks of one order that are being done: requests to the CA, questions
 * to the vault, pauses. Each ends in one on_done.
 */

#include "exchange.h"
#include "helper.h"
#include "order.h"

#include <ev.h>

struct renewal_errand;

struct renewal_errands {
	struct ev_loop *loop; /* borrowed, as the next four */
	struct helper *vault;
	struct exchange *exchange;
	const char *certificate; /* its name */
	const json_t *without; /* names that are left out; or NULL */
	bool is_dry;
	/* From the loop; of a dry SAVE from inside its call. */
	void (*on_done)(void *data, unsigned id, const struct result *result);
	void *data;
	struct renewal_errand *first; /* owned */
};

void renewal_errands_post(
	struct renewal_errands *errands, const struct order_task *task);
/* Takes the reference to {"ca", "url", "account"}. */
void renewal_errands_save(struct renewal_errands *errands,
	const struct order_task *task, json_t *order);
void renewal_errands_csr(
	struct renewal_errands *errands, const struct order_task *task);
/* is_over: it ends at once. */
void renewal_errands_pause(struct renewal_errands *errands,
	const struct order_task *task, bool is_over);

/* The pause that waits for this answer to be fetched ends now. */
void renewal_errands_end_pause(
	struct renewal_errands *errands, const char *token);

/* All end without a callback. */
void renewal_errands_clear(struct renewal_errands *errands);
