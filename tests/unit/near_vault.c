/* SPDX-License-Identifier: MIT */
#include "near_vault.h"

#include "answer.h"
#include "mem.h"
#include "vault.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static struct vault vault;
static struct error refusal; /* of near_try() */

void near_open(const char *configuration, const char *state)
{
	struct error err = {0};

	setenv("CONFIGURATION_DIRECTORY", configuration, 1);
	setenv("STATE_DIRECTORY", state, 1);
	vault = (struct vault){.state = -1};
	ck_assert_msg(vault_open(&vault, &err), "%s", err.text);
}

void near_close(void)
{
	vault_close(&vault);
}

json_t *near_ask(const json_t *request, struct error *err)
{
	cleanup(json) json_t *more = json_copy((json_t *)request);
	json_t *reply =
		verbs_answer(&vault, RIGHT_LOOP | RIGHT_ROOT, request, err);

	/* What is done in slices goes on; asked anew it would begin anew. */
	json_object_set_new(more, "more", json_true());
	while (reply && vault.taking) {
		json_decref(reply);
		reply = verbs_answer(
			&vault, RIGHT_LOOP | RIGHT_ROOT, more, err);
	}
	return reply;
}

json_t *near_request(const char *verb, const char *format, va_list arguments)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "{%s}", format);
	json_t *request = json_vpack_ex(NULL, 0, whole, arguments);
	ck_assert_ptr_nonnull(request);
	json_object_set_new(request, "verb", json_string(verb));
	return request;
}

json_t *near_do(const char *verb, const char *format, ...)
{
	struct error err = {0};
	va_list arguments;

	va_start(arguments, format);
	cleanup(json) json_t *request = near_request(verb, format, arguments);
	va_end(arguments);
	json_t *reply = near_ask(request, &err);
	ck_assert_msg(reply != NULL, "%s: %s", verb, err.text);
	return reply;
}

bool near_try(const char *verb, const char *format, ...)
{
	va_list arguments;

	refusal = (struct error){0};
	va_start(arguments, format);
	cleanup(json) json_t *request = near_request(verb, format, arguments);
	va_end(arguments);
	cleanup(json) json_t *reply = near_ask(request, &refusal);
	return reply != NULL;
}

const struct error *near_error(void)
{
	return &refusal;
}
