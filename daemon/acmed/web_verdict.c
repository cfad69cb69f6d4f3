/* SPDX-License-Identifier: MIT */
#include "web_verdict.h"

#include "base64url.h"
#include "diagnosis_look.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_URL 150
#define SHOWN_BODY 40 /* bytes */

/* A CA drops white space at the end, and nothing else. */
static size_t trimmed(const struct web_fetch_result *result)
{
	size_t length = result->length;

	while (length > 0 && strchr(" \t\r\n", result->body[length - 1]))
		length--;
	return length;
}

static bool is_answer(const struct web_view *view)
{
	size_t length = trimmed(view->result);

	return view->result->status == 200 && length == strlen(view->answer) &&
		memcmp(view->result->body, view->answer, length) == 0;
}

/* "TOKEN.THUMBPRINT", of another account or another token. */
static bool is_foreign_answer(const struct web_fetch_result *result)
{
	char body[WEB_FETCH_BODY + 1];
	size_t length = trimmed(result);

	memcpy(body, result->body, length);
	body[length] = '\0';
	char *dot = strchr(body, '.');
	if (!dot || length > 200)
		return false;
	*dot = '\0';
	return strlen(dot + 1) == 43 && base64url_is_valid(body) &&
		base64url_is_valid(dot + 1);
}

/* "'http://...' at 192.0.2.1 (nginx)" */
static void name_place(const struct web_view *view, char *out, size_t size)
{
	const struct web_fetch_result *result = view->result;

	snprintf(out, size, "'%.*s' at %s%s%s%s%s", SHOWN_URL, result->url,
		result->redirects      ? "the end of redirects from "
			: view->is_own ? ""
				       : "the foreign address ",
		view->address->text, *result->server ? " (" : "",
		result->server, *result->server ? ")" : "");
}

static void quote_body(
	const struct web_fetch_result *result, char *out, size_t size)
{
	size_t length = trimmed(result);

	text_clean(out, size, result->body,
		length < SHOWN_BODY ? length : SHOWN_BODY);
}

/* Nobody took the connection. */
static void blame_port(const struct web_view *view, struct error *err)
{
	const char *hint = "a firewall closes it, or the address is not that "
			   "of this machine";

	if (view->is_own && *view->holder)
		hint = "a firewall closes it, or the server does not listen "
		       "there";
	else if (view->is_own)
		hint = "nobody listens there, or a firewall closes it";
	fail_cause(err, ERROR_VALIDATION, "H1",
		"port 80 of %s cannot be reached: %s: %s", view->address->text,
		view->result->err.text, hint);
}

static const char *code_of(const struct web_fetch_result *result)
{
	return diagnosis_of_web(&(struct diagnosis_web){
		.status = result->status,
		.is_redirected = result->redirects > 0,
		.is_filtered = result->is_cdn,
		.is_foreign = result->is_cached || is_foreign_answer(result),
	});
}

static void blame_reply(const struct web_view *view, struct error *err)
{
	const struct web_fetch_result *result = view->result;
	char place[SHOWN_URL + 160];
	char body[SHOWN_BODY + 8];
	char folder[160] = "";

	name_place(view, place, sizeof(place));
	if (view->folder)
		snprintf(folder, sizeof(folder),
			" for a file that is in %.120s", view->folder);
	quote_body(result, body, sizeof(body));
	if (result->status == 200)
		fail_cause(err, ERROR_VALIDATION, code_of(result),
			"%s answered with other content%s: '%s'", place, folder,
			body);
	else
		fail_cause(err, ERROR_VALIDATION, code_of(result),
			"%s answered with %ld%s", place, result->status,
			folder);
}

static enum finding_verdict judge_reply(
	const struct web_view *view, struct error *err)
{
	if (!view->answer) {
		fail(err, ERROR_NONE,
			"port 80 of %s answers; nothing was published to be "
			"found there",
			view->address->text);
		return FINDING_UNKNOWN;
	}
	if (is_answer(view))
		return FINDING_GOOD;
	blame_reply(view, err);
	return FINDING_BAD;
}

enum finding_verdict web_verdict(const struct web_view *view, struct error *err)
{
	const struct web_fetch_result *result = view->result;

	switch (result->end) {
	case WEB_FETCH_REPLIED:
		return judge_reply(view, err);
	case WEB_FETCH_UNREACHED:
		blame_port(view, err);
		return FINDING_BAD;
	case WEB_FETCH_HOMELESS:
		fail(err, ERROR_NONE, "%s cannot be looked at from here: %s",
			view->address->text, result->err.text);
		return FINDING_UNKNOWN;
	case WEB_FETCH_BROKEN:
		fail_cause(err, ERROR_VALIDATION, "H12",
			"port 80 of %s took the connection and gave no answer: "
			"%s",
			view->address->text, result->err.text);
		return FINDING_BAD;
	case WEB_FETCH_ASTRAY:
		*err = result->err;
		return FINDING_BAD;
	}
	return FINDING_UNKNOWN;
}
