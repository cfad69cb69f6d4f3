/* SPDX-License-Identifier: MIT */
#include "order_issue.h"

#include "chain_choice.h"
#include "mem.h"
#include "order_degrade.h"
#include "problem.h"

#include <stdio.h>
#include <string.h>

#define ISSUANCE_MAX (30 * 60) /* seconds from finalize on (K1) */
#define FINALIZE_MAX 5 /* requests, in one attempt (F05) */

/* Nothing new: looks again after a pause. */
void order_wait(struct order *order, double retry_after)
{
	struct error err = {0};

	if (!order->deadline)
		order->deadline = order->now + ISSUANCE_MAX;
	if (!watch_wait(&order->watch, retry_after, &err)) {
		snprintf(err.code, sizeof(err.code), "K1");
		return order_interrupt(order, &err);
	}
	order_go(order, STEP_PAUSE);
}

/* All are valid: the key, unless it was made already, then finalize. */
void order_complete(struct order *order)
{
	struct error err = {0};

	if (!order->document.finalize) {
		fail(&err, ERROR_TRANSIENT,
			"the CA gave the order no finalize URL");
		return order_give_up(order, &err);
	}
	if (order->finalized == FINALIZE_MAX) {
		fail(&err, ERROR_TRANSIENT,
			"the CA calls the order ready and does not take the "
			"CSR");
		return order_interrupt(order, &err);
	}
	order_go(order, order->csr ? STEP_FINALIZE : STEP_KEY);
}

void order_download(struct order *order)
{
	struct error err = {0};

	if (!order->document.certificate) {
		fail(&err, ERROR_TRANSIENT,
			"the CA calls the order valid and gave no certificate "
			"URL");
		return order_interrupt(order, &err);
	}
	order_go(order, STEP_DOWNLOAD);
}

/* Key: a new one and its CSR, durable before finalize (F09). */
void order_key_read(struct order *order, const struct result *result)
{
	struct error err = {0};

	if (result->err)
		return order_interrupt(order, result->err);
	order->csr = strdup(result->csr);
	if (!order->csr) {
		fail_memory(&err);
		return order_interrupt(order, &err);
	}
	order_go(order, STEP_FINALIZE);
}

/* Finalize, and issue: the reply to both is the order. */
bool order_finalize_ask(struct order *order, struct order_task *task)
{
	order->finalized++;
	return order_ask_json(order, task, order->document.finalize,
		json_pack("{s:s}", "csr", order->csr));
}

/* Not ready yet (F05), or no word whether it was taken (F08): the order
 * itself tells. Some CAs look at the profile as late as here (P04). */
void order_issue_read(struct order *order, const struct result *result)
{
	struct error err = {0};

	if (order_drops_profile(order, result))
		return order_abandon(order);
	if (order_read_document(order, result, &err))
		return order_follow(order, result->reply->retry_after);
	if (!watch_survives(&order->watch, &err))
		return order_stop(order, &err);
	if (!order->deadline)
		order->deadline = order->now + ISSUANCE_MAX;
	order_go(order, STEP_PAUSE);
}

bool order_pause_ask(struct order *order, struct order_task *task)
{
	task->pause = order->watch.pause;
	return true;
}

void order_pause_read(struct order *order, const struct result *result)
{
	(void)result;
	order_go(order, STEP_LOOK);
}

/* Download: the chain, and where its alternates are (C04). */
bool order_download_ask(struct order *order, struct order_task *task)
{
	return order_ask_post(order, task, order->document.certificate, "");
}

static bool keep_chain(
	struct order *order, const struct reply *reply, struct error *err)
{
	if (reply->length == 0)
		return fail_cause(err, ERROR_TRANSIENT, "K6",
			"the CA's certificate chain is empty");
	order->chain = calloc(1, reply->length + 1);
	if (!order->chain)
		return fail_memory(err);
	memcpy(order->chain, reply->body, reply->length);
	order->chain_length = reply->length;
	for (size_t i = 0; i < reply->alternate_count; i++) {
		if (!url_is_https(reply->alternates[i]))
			continue;
		char *url = strdup(reply->alternates[i]);
		if (!url)
			return fail_memory(err);
		order->alternates[order->alternate_count++] = url;
	}
	return true;
}

/* True when none is preferred. */
static bool has_preferred(
	const struct order *order, const char *pem, size_t length)
{
	const char *preferred = order->copy.plan.preferred_chain;
	cleanup(chain) STACK_OF(X509) *chain =
		preferred ? certificate_chain_parse(pem, length, NULL) : NULL;

	return !preferred || (chain && chain_fits(chain, preferred));
}

static void look_further(struct order *order)
{
	if (order->alternate < order->alternate_count)
		return order_go(order, STEP_ALTERNATE);
	order_warn(order,
		"none of the CA's %zu chains has '%.100s' in it: the first is "
		"taken",
		order->alternate_count + 1, order->copy.plan.preferred_chain);
	order_end(order, ORDER_ISSUED, STEP_ISSUED);
}

/* Some CAs call an order valid a moment before its certificate is there. */
static bool is_early(struct order *order, const struct reply *reply)
{
	struct error late = {
		.kind = ERROR_TRANSIENT,
		.retry_after = reply->retry_after > 0 ? reply->retry_after : 1,
	};

	return reply->status == 404 && watch_survives(&order->watch, &late);
}

void order_download_read(struct order *order, const struct result *result)
{
	const struct reply *reply = result->reply;
	struct error err = {0};

	if (result->err)
		return order_interrupt(order, result->err);
	if (is_early(order, reply))
		return order_go(order, STEP_PAUSE);
	if (!reply_is_ok(reply) || reply_is_html(reply)) {
		problem_from_reply(reply, &err);
		return order_stop(order, &err);
	}
	if (!keep_chain(order, reply, &err))
		return order_interrupt(order, &err);
	if (has_preferred(order, order->chain, order->chain_length))
		return order_end(order, ORDER_ISSUED, STEP_ISSUED);
	look_further(order);
}

/* Alternate: another chain for the same leaf. One that cannot be had, or is
 * none, is passed over: there is the CA's own. */
bool order_alternate_ask(struct order *order, struct order_task *task)
{
	return order_ask_post(
		order, task, order->alternates[order->alternate++], "");
}

static bool is_of_our_leaf(const struct order *order, const struct reply *reply)
{
	cleanup(chain) STACK_OF(X509) *ours = certificate_chain_parse(
		order->chain, order->chain_length, NULL);
	cleanup(chain) STACK_OF(X509) *other =
		certificate_chain_parse(reply->body, reply->length, NULL);

	return chain_same_leaf(ours, other);
}

void order_alternate_read(struct order *order, const struct result *result)
{
	const struct reply *reply = result->reply;

	if (!reply || !reply_is_ok(reply) ||
		!has_preferred(order, reply->body, reply->length) ||
		!is_of_our_leaf(order, reply))
		return look_further(order);
	char *chain = strndup(reply->body, reply->length);
	if (chain) {
		free(order->chain);
		order->chain = chain;
		order->chain_length = strlen(chain);
	}
	order_end(order, ORDER_ISSUED, STEP_ISSUED);
}
