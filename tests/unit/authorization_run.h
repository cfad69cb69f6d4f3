/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One authorization, of "a.example" or its wildcard, and what a CA says to it.
 */

#include "authorization.h"
#include "canned.h"

#include <check.h>

#define URL "https://ca.example/authz/1"
#define CHALL "https://ca.example/chall/1"
#define PENDING(wildcard) \
	"{\"status\":\"pending\",\"identifier\":{\"type\":\"dns\"," \
	"\"value\":\"a.example\"}," wildcard "\"challenges\":[{\"type\":" \
	"\"http-01\",\"status\":\"pending\",\"url\":\"" CHALL \
	"\",\"token\":\"LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0\"}]}"

static struct identifier NAMES[2];
static const enum challenge_type TYPES[2] = {
	CHALLENGE_HTTP_01, CHALLENGE_HTTP_01};
static const struct order_plan PLAN = {
	.thumbprint = "thumb",
	.identifiers = NAMES,
	.identifier_count = 2,
	.types = TYPES,
};

static inline struct authorization *start(void)
{
	struct error err = {0};

	ck_assert(identifier_parse("a.example", &NAMES[0], &err));
	ck_assert(identifier_parse("*.a.example", &NAMES[1], &err));
	return authorization_new(&PLAN, URL, &err);
}

static inline const struct order_task *expect(
	struct authorization *authorization, enum order_want want)
{
	const struct order_task *task = authorization_next(authorization);

	ck_assert_ptr_nonnull(task);
	ck_assert_int_eq(task->want, want);
	ck_assert_ptr_null(authorization_next(authorization));
	return task;
}

static inline void post(struct authorization *authorization, const char *url,
	long status, const char *body)
{
	const struct order_task *task = NULL;
	struct reply reply = canned(status, body);

	ck_assert(authorization_wants_post(authorization));
	task = expect(authorization, ORDER_WANTS_POST);
	ck_assert_str_eq(task->request->url, url);
	authorization_done(authorization, &(struct result){.reply = &reply});
}

static inline struct authorization *present(void)
{
	struct authorization *authorization = start();

	post(authorization, URL, 200, PENDING(""));
	expect(authorization, ORDER_WANTS_PRESENT);
	authorization_done(authorization, &(struct result){0});
	return authorization;
}
