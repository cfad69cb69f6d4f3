/* SPDX-License-Identifier: MIT */
#include "problem.h"

#include "diagnosis.h"
#include "json.h"
#include "mem.h"
#include "request.h"
#include "text.h"
#include "timestamp.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 300 /* bytes of one `detail` that are shown */
#define WORDS_TOTAL_MAX ((size_t)64 * 1024)
#define SUBPROBLEMS_MAX 100
#define RETRY_AFTER "retry after "
#define LIMIT_UNTIL_TOLD 3600.0 /* no Retry-After: failures.md 0.1, Q3 */

static const char *const PREFIXES[] = {
	"urn:ietf:params:acme:error:",
	"urn:acme:error:",
};

/*
 * What each type means: as the reply to a request, and as the `error` inside
 * an order, an authorization or a challenge, where it is the verdict of a
 * validation (RFC 8555 section 6.7, RFC 9773, profiles).
 */
static const struct meaning {
	const char *type;
	enum error_kind reply;
	enum error_kind verdict;
	const char *code; /* unless the words say more */
} MEANINGS[] = {
	/* The next attempt may go well. */
	{"badNonce", ERROR_TRANSIENT, ERROR_TRANSIENT, "K8"},
	{"serverInternal", ERROR_TRANSIENT, ERROR_TRANSIENT, "K2"},
	{"orderNotReady", ERROR_TRANSIENT, ERROR_TRANSIENT, ""},
	{"alreadyReplaced", ERROR_TRANSIENT, ERROR_TRANSIENT, "K4"},
	{"conflict", ERROR_TRANSIENT, ERROR_TRANSIENT, "K4"},
	{"accountDoesNotExist", ERROR_TRANSIENT, ERROR_TRANSIENT, "A3"},
	{"rateLimited", ERROR_LIMITED, ERROR_LIMITED, ""},
	/* The CA looked at a name and did not find what it wants. */
	{"caa", ERROR_VALIDATION, ERROR_VALIDATION, "D8"},
	{"connection", ERROR_VALIDATION, ERROR_VALIDATION, ""},
	{"dns", ERROR_VALIDATION, ERROR_VALIDATION, ""},
	{"dnssec", ERROR_VALIDATION, ERROR_VALIDATION, "D7"},
	{"tls", ERROR_VALIDATION, ERROR_VALIDATION, ""},
	{"incorrectResponse", ERROR_VALIDATION, ERROR_VALIDATION, ""},
	{"unauthorized", ERROR_REFUSED, ERROR_VALIDATION, ""},
	{"malformed", ERROR_REFUSED, ERROR_VALIDATION, ""},
	/* Somebody has to change something first. */
	{"alreadyRevoked", ERROR_REFUSED, ERROR_REFUSED, ""},
	{"badCSR", ERROR_REFUSED, ERROR_REFUSED, "K7"},
	{"badPublicKey", ERROR_REFUSED, ERROR_REFUSED, ""},
	{"badRevocationReason", ERROR_REFUSED, ERROR_REFUSED, ""},
	{"badSignatureAlgorithm", ERROR_REFUSED, ERROR_REFUSED, ""},
	{"externalAccountRequired", ERROR_REFUSED, ERROR_REFUSED, "A4"},
	{"invalidContact", ERROR_REFUSED, ERROR_REFUSED, "A6"},
	{"invalidProfile", ERROR_REFUSED, ERROR_REFUSED, "K7"},
	{"rejectedIdentifier", ERROR_REFUSED, ERROR_REFUSED, "K10"},
	{"unsupportedContact", ERROR_REFUSED, ERROR_REFUSED, "A6"},
	{"unsupportedIdentifier", ERROR_REFUSED, ERROR_REFUSED, "K10"},
	{"userActionRequired", ERROR_REFUSED, ERROR_REFUSED, "A1"},
};

/* A type that is not in the table: only the status is left. An unknown
 * refusal is tried again as rarely as a failed validation. */
static struct meaning meaning_of_status(long status)
{
	if (status == 429)
		return (struct meaning){"", ERROR_LIMITED, ERROR_LIMITED, ""};
	if (status >= 400 && status <= 499 && status != 408)
		return (struct meaning){
			"", ERROR_VALIDATION, ERROR_VALIDATION, ""};
	return (struct meaning){"", ERROR_TRANSIENT, ERROR_VALIDATION, ""};
}

static struct meaning meaning_of(const char *type, long status)
{
	for (size_t i = 0; i < sizeof(MEANINGS) / sizeof(*MEANINGS); i++)
		if (streq(MEANINGS[i].type, type))
			return MEANINGS[i];
	return meaning_of_status(status);
}

const char *problem_type(const json_t *problem)
{
	const char *type = member_string_or(problem, "type", "");

	for (size_t i = 0; i < sizeof(PREFIXES) / sizeof(*PREFIXES); i++)
		if (text_starts_with(type, PREFIXES[i]))
			return type + strlen(PREFIXES[i]);
	return "";
}

static void add_words(
	struct text *text, const json_t *problem, const char *otherwise)
{
	char words[WORDS_MAX];
	const char *detail = member_string_or(problem, "detail", "");
	if (!*detail)
		detail = member_string_or(problem, "title", otherwise);

	text_clean(words, sizeof(words), detail, strlen(detail));
	text_add(text, words);
	const char *type = problem_type(problem);
	if (*type)
		text_addf(text, " (%.60s)", type);
}

/* "; 'b.example': no such host (dns)" for each. The top-level `identifier` is
 * not to be trusted (RFC 8555 section 6.7.1), so only these name one. */
static void add_subproblems(struct text *text, const json_t *problem)
{
	const json_t *list = json_object_get(problem, "subproblems");
	size_t count = json_array_size(list);

	for (size_t i = 0; i < count && i < SUBPROBLEMS_MAX; i++) {
		const json_t *each = json_array_get(list, i);
		const json_t *identifier = json_object_get(each, "identifier");
		text_addf(text, "; '%.255s': ",
			member_string_or(identifier, "value", "?"));
		add_words(text, each, "no words");
	}
}

/* Where a human is to go (RFC 8555 section 7.3.3). */
static void add_instance(struct text *text, const json_t *problem)
{
	const char *instance = member_string_or(problem, "instance", "");

	if (streq(problem_type(problem), "userActionRequired") && *instance)
		text_addf(text, "; see '%.300s'", instance);
}

/* Let's Encrypt's paused names: no time will mend them, a visit does (R4). */
static bool is_paused(const char *type, const char *detail)
{
	return streq(type, "rateLimited") &&
		strstr(detail, "temporarily prevented");
}

static const char *find_cause(
	const char *type, const char *detail, const char *otherwise)
{
	const char *code = diagnosis_of_problem(type, detail);
	return code && *code ? code : otherwise;
}

/* The words of the CA with those of the subproblems; NULL without memory. */
static char *words_of(const json_t *problem)
{
	struct text text = {.limit = WORDS_TOTAL_MAX};

	add_words(&text, problem, "the CA gave no reason");
	add_subproblems(&text, problem);
	add_instance(&text, problem);
	return text_take(&text);
}

void problem_to_error(const json_t *problem, long status, struct error *err)
{
	const char *type = problem_type(problem);
	const char *detail = member_string_or(problem, "detail", "");
	struct meaning meaning = meaning_of(type, status);
	cleanup(string) char *words = words_of(problem);

	if (!words)
		fail_memory(err);
	else if (is_paused(type, detail))
		fail_cause(err, ERROR_REFUSED, "R4", "%s", words);
	else
		fail_cause(err, status ? meaning.reply : meaning.verdict,
			find_cause(type, detail, meaning.code), "%s", words);
	if (err && err->kind == ERROR_LIMITED)
		err->retry_after = LIMIT_UNTIL_TOLD;
}

/* Not the CA but what stands before it: a proxy, a portal, a balancer. */
static void status_to_error(const struct reply *reply, struct error *err)
{
	char words[81];

	text_clean(words, sizeof(words), reply->body, strlen(reply->body));
	if (reply_is_html(reply))
		fail_cause(err, ERROR_TRANSIENT, "N2",
			"something between this host and the CA answered with "
			"HTML (a proxy or a captive portal?), status %ld: '%s'",
			reply->status, words);
	else
		fail_cause(err, meaning_of_status(reply->status).reply,
			reply->status >= 500 ? "N8" : "",
			"the CA answered with status %ld: '%s'", reply->status,
			words);
}

static bool is_problem(const json_t *object)
{
	return json_is_string(json_object_get(object, "type")) ||
		json_is_string(json_object_get(object, "detail"));
}

/* A time that the CA named wins; with 503 it is a limit (X04, R5). */
static void keep_retry_after(const struct reply *reply, struct error *err)
{
	if (reply->retry_after > 0)
		err->retry_after = reply->retry_after;
	else if (err->kind == ERROR_LIMITED)
		err->retry_after = LIMIT_UNTIL_TOLD;
	if (reply->status == 503 && reply->retry_after > 0 &&
		err->kind == ERROR_TRANSIENT)
		err->kind = ERROR_LIMITED;
}

/* A link of the reply, unless its words name it already. */
static void add_link(struct error *err, const char *what, const char *url)
{
	size_t length = strlen(err->text);

	if (url && !strstr(err->text, url))
		snprintf(err->text + length, sizeof(err->text) - length,
			"; %s '%.200s'", what, url);
}

/* Where to read on: the new terms, or what the limit is about (RFC 8555
 * sections 7.3.3 and 6.6). */
static void add_links(const struct reply *reply, struct error *err)
{
	if (streq(err->code, "A1"))
		add_link(err, "terms:", reply->terms);
	if (reply->status == 429)
		add_link(err, "see", reply->help);
}

void problem_from_reply(const struct reply *reply, struct error *err)
{
	struct error found = {0};
	cleanup(json) json_t *object =
		json_read(reply->body, reply->length, "the problem", NULL);

	if (is_problem(object))
		problem_to_error(object, reply->status, &found);
	else
		status_to_error(reply, &found);
	keep_retry_after(reply, &found);
	add_links(reply, &found);
	if (err)
		*err = found;
}

bool problem_deadline(const struct reply *reply, int64_t *when)
{
	if (reply_is_ok(reply) || reply->length == 0)
		return false;
	cleanup(json) json_t *object =
		json_read(reply->body, reply->length, "the problem", NULL);
	struct meaning meaning =
		meaning_of(problem_type(object), reply->status);
	if (!is_problem(object) || meaning.reply != ERROR_LIMITED)
		return false;
	const char *at =
		strstr(member_string_or(object, "detail", ""), RETRY_AFTER);
	return at && timestamp_parse_words(at + strlen(RETRY_AFTER), when);
}

bool problem_is_typed(const struct reply *reply)
{
	if (reply_is_ok(reply))
		return false;
	cleanup(json) json_t *object =
		json_read(reply->body, reply->length, "the problem", NULL);
	return *problem_type(object) != 0;
}

bool problem_is(const struct reply *reply, const char *type)
{
	if (reply_is_ok(reply))
		return false;
	cleanup(json) json_t *object =
		json_read(reply->body, reply->length, "the problem", NULL);
	return object && streq(problem_type(object), type);
}
