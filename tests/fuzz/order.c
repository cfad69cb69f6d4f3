/* SPDX-License-Identifier: MIT */

/*
 * A whole order against a CA that answers anything (RFC 8555 section 7.4): it
 * comes to an end, every request goes to an https URL, all that was presented
 * is withdrawn, and an issued one has a chain.
 */

#include "order.h"

#include "replies.h"
#include "text.h"

#include <string.h>

#define TASKS_MAX 2000

struct course {
	struct order *order;
	struct fuzz_parts parts;
	int64_t now;
	int presented;
};

static void post(struct course *course, const struct order_task *task)
{
	struct fuzz_reply reply;
	struct error lost = {.kind = ERROR_TRANSIENT, .code = "N4"};
	struct result result = {.reply = &reply.reply};

	fuzz_check(url_is_https(task->request->url));
	fuzz_reply_take(&reply, &course->parts);
	if (!reply.reply.status)
		result = (struct result){.err = &lost};
	order_done(course->order, task->id, &result, course->now);
	fuzz_reply_clear(&reply);
}

static void take_up(struct course *course, const struct order_task *task)
{
	struct result result = {.csr = "Y3Ny"};

	switch (task->want) {
	case ORDER_WANTS_POST:
		post(course, task);
		return;
	case ORDER_WANTS_PRESENT:
		fuzz_check(url_is_https(task->challenge->url));
		course->presented++;
		break;
	case ORDER_WANTS_WITHDRAW:
		course->presented--;
		break;
	case ORDER_WANTS_PAUSE:
		fuzz_check(task->pause >= 0 && task->pause <= 604800);
		course->now += (int64_t)task->pause;
		break;
	case ORDER_WANTS_SAVE:
		fuzz_check(url_is_https(order_url(course->order)));
		break;
	case ORDER_WANTS_CSR:
		break;
	}
	order_done(course->order, task->id, &result, course->now);
}

static void drive(struct course *course)
{
	const struct order_task *task;
	size_t length;

	for (int i = 0; (task = order_next(course->order, course->now)); i++) {
		fuzz_check(i < TASKS_MAX);
		take_up(course, task);
	}
	fuzz_check(!order_is_busy(course->order) && !course->presented);
	if (order_state(course->order) == ORDER_ISSUED)
		fuzz_check(order_chain(course->order, &length) && length);
	else
		fuzz_check_error(order_error(course->order));
}

void fuzz_order(const uint8_t *bytes, size_t length)
{
	struct identifier names[2];
	enum challenge_type types[] = {CHALLENGE_HTTP_01, CHALLENGE_DNS_01};
	struct order_plan plan = {.directory = fuzz_directory_known(),
		.thumbprint = "thumb",
		.identifiers = names,
		.types = types,
		.identifier_count = length && bytes[0] & 1 ? 2 : 1};
	struct course course = {.now = FUZZ_NOW,
		.parts = {bytes + !!length, length - !!length}};

	identifier_parse("a.example", &names[0], NULL);
	identifier_parse("b.example", &names[1], NULL);
	course.order = order_new(&plan, NULL);
	drive(&course);
	order_free(course.order);
}
