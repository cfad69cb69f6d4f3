/* SPDX-License-Identifier: MIT */

/*
 * A whole order (RFC 8555 section 7.4) at a CA that is sound but for one of
 * its replies: "RESOURCE STATUS BODY" is what that answers with every time.
 */

#include "kind.h"
#include "mem.h"
#include "order.h"
#include "replies.h"
#include "reply.h"

#include <stdio.h>

#define TASKS_MAX 2000
#define SITE "https://ca.example/"
#define JSON "Content-Type: application/json\r\n"
#define PEM "Content-Type: application/pem-certificate-chain\r\n"
#define HEAD "Location: " SITE "order/1\r\n"
#define NAME "\"type\":\"dns\",\"value\":\"a.example\""
#define ORDER \
	"{\"status\":\"%s\",\"identifiers\":[{" NAME "}],\"authorizations\":" \
	"[\"" SITE "authz/1\"],\"finalize\":\"" SITE "finalize/1\"," \
	"\"certificate\":\"" SITE "certificate/1\"}"
#define CHALLENGE \
	"{\"type\":\"http-01\",\"url\":\"" SITE "challenge/1\",\"token\":" \
	"\"evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA\"}"
#define AUTHORIZATION \
	"{\"status\":\"%s\",\"identifier\":{" NAME \
	"},\"challenges\":[" CHALLENGE "]}"

struct course {
	struct order *order;
	const char *resource; /* whose reply is the hostile one */
	long status;
	const char *body;
	size_t length;
	int64_t now;
	int presented;
	bool is_validated;
	bool is_finalized;
};

/* What a sound CA says. */
static char *answer(struct course *course, const char *resource)
{
	if (streq(resource, "certificate/1"))
		return mem_string("chain");
	if (streq(resource, "challenge/1")) {
		course->is_validated = true;
		return mem_string(CHALLENGE);
	}
	if (streq(resource, "authz/1"))
		return text_format(AUTHORIZATION,
			course->is_validated ? "valid" : "pending");
	if (streq(resource, "finalize/1"))
		course->is_finalized = true;
	return text_format(ORDER,
		course->is_finalized           ? "valid"
			: course->is_validated ? "ready"
					       : "pending");
}

/* The hostile one does nothing of what it was asked. */
static bool make_reply(struct course *course, const char *resource,
	struct hostile_reply *reply)
{
	if (streq(resource, course->resource))
		return hostile_reply_make(reply, course->status, JSON HEAD,
			course->body, course->length);
	cleanup(string) char *sound = answer(course, resource);
	return hostile_reply_make(reply, 200,
		*sound == '{' ? JSON HEAD : PEM HEAD, sound, strlen(sound));
}

static void post(struct course *course, const struct order_task *task)
{
	const char *url = task->request->url;
	struct hostile_reply reply;
	struct error lost = {.kind = ERROR_TRANSIENT, .code = "M6"};
	struct result result = {.reply = &reply.acme.reply};

	fuzz_check(text_starts_with(url, SITE));
	if (!make_reply(course, url + strlen(SITE), &reply))
		result = (struct result){.err = &lost};
	order_done(course->order, task->id, &result, course->now);
	hostile_reply_clear(&reply);
}

static void take_up(struct course *course, const struct order_task *task)
{
	struct result result = {.csr = "Y3Ny"};

	if (task->want == ORDER_WANTS_POST) {
		post(course, task);
		return;
	}
	if (task->want == ORDER_WANTS_PRESENT)
		course->presented++;
	if (task->want == ORDER_WANTS_WITHDRAW)
		course->presented--;
	if (task->want == ORDER_WANTS_PAUSE)
		course->now += (int64_t)task->pause;
	order_done(course->order, task->id, &result, course->now);
}

/* It comes to an end, and withdraws what it presented. */
static void drive(struct course *course)
{
	const struct order_task *task;

	for (int i = 0; (task = order_next(course->order, course->now)); i++) {
		fuzz_check(i < TASKS_MAX);
		take_up(course, task);
	}
	fuzz_check(!order_is_busy(course->order) && !course->presented);
	fuzz_check(course->now - FUZZ_NOW < 30 * INT64_C(86400));
}

static bool issue(struct text *seen, struct course *course)
{
	struct identifier name;
	enum challenge_type type = CHALLENGE_HTTP_01;
	struct order_plan plan = {.directory = fuzz_directory_known(),
		.thumbprint = "thumb",
		.identifiers = &name,
		.identifier_count = 1,
		.types = &type};

	identifier_parse("a.example", &name, NULL);
	course->now = FUZZ_NOW;
	course->order = order_new(&plan, NULL);
	drive(course);
	bool is_issued = order_state(course->order) == ORDER_ISSUED;
	if (!is_issued)
		fuzz_check_error(order_error(course->order));
	order_free(course->order);
	text_add(seen, "issued");
	return is_issued;
}

bool hostile_issue(struct text *seen, const char *bytes, size_t length)
{
	char resource[32] = "";
	struct course course = {.resource = resource};
	int used = 0;

	sscanf(bytes, "%31s %3ld%n", resource, &course.status, &used);
	fuzz_check(used > 0 && (size_t)used < length);
	course.body = bytes + used + 1;
	course.length = length - (size_t)used - 1;
	return issue(seen, &course);
}
