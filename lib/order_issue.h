/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The second half of an order's steps: from all that is valid to the chain.
 */

#include "order_step.h"

/* Where the order goes on when it is ready, not decided, or issued. */
void order_complete(struct order *order);
void order_wait(struct order *order, double retry_after);
void order_download(struct order *order);

/* The steps, as they stand in the table. */
void order_key_read(struct order *order, const struct result *result);
bool order_finalize_ask(struct order *order, struct order_task *task);
void order_issue_read(struct order *order, const struct result *result);
bool order_pause_ask(struct order *order, struct order_task *task);
void order_pause_read(struct order *order, const struct result *result);
bool order_download_ask(struct order *order, struct order_task *task);
void order_download_read(struct order *order, const struct result *result);
bool order_alternate_ask(struct order *order, struct order_task *task);
void order_alternate_read(struct order *order, const struct result *result);
