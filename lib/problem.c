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

#define WORDS_MAX 301 /* bytes of one `detail` that are shown, and NUL */
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
} MEANINGS[] = {
	/* The next attempt may go well. */
	{"badNonce", ERROR_TRANSIENT, ERROR_TRANSIENT},
	{"serverInternal", ERROR_TRANSIENT, ERROR_TRANSIENT},
	{"orderNotReady", ERROR_TRANSIENT, ERROR_TRANSIENT},
	{"alreadyReplaced", ERROR_TRANSIENT, ERROR_TRANSIENT},
	{"conflict", ERROR_TRANSIENT, ERROR_TRANSIENT},
	{"accountDoesNotExist", ERROR_TRANSIENT, ERROR_TRANSIENT},
	{"rateLimited", ERROR_LIMITED, ERROR_LIMITED},
	/* The CA looked at a name and did not find what it wants. */
	{"caa", ERROR_VALIDATION, ERROR_VALIDATION},
	{"connection", ERROR_VALIDATION, ERROR_VALIDATION},
	{"dns", ERROR_VALIDATION, ERROR_VALIDATION},
	{"dnssec", ERROR_VALIDATION, ERROR_VALIDATION},
	{"tls", ERROR_VALIDATION, ERROR_VALIDATION},
	{"incorrectResponse", ERROR_VALIDATION, ERROR_VALIDATION},
	{"unauthorized", ERROR_REFUSED, ERROR_VALIDATION},
	{"malformed", ERROR_REFUSED, ERROR_VALIDATION},
	/* Somebody has to change something first. */
	{"alreadyRevoked", ERROR_REFUSED, ERROR_REFUSED},
	{"badCSR", ERROR_REFUSED, ERROR_REFUSED},
	{"badPublicKey", ERROR_REFUSED, ERROR_REFUSED},
	{"badRevocationReason", ERROR_REFUSED, ERROR_REFUSED},
	{"badSignatureAlgorithm", ERROR_REFUSED, ERROR_REFUSED},
	{"externalAccountRequired", ERROR_REFUSED, ERROR_REFUSED},
	{"invalidContact", ERROR_REFUSED, ERROR_REFUSED},
	{"invalidProfile", ERROR_REFUSED, ERROR_REFUSED},
	{"rejectedIdentifier", ERROR_REFUSED, ERROR_REFUSED},
	{"unsupportedContact", ERROR_REFUSED, ERROR_REFUSED},
	{"unsupportedIdentifier", ERROR_REFUSED, ERROR_REFUSED},
	{"userActionRequired", ERROR_REFUSED, ERROR_REFUSED},
};

/* A type that is not in the table: only the status is left. An unknown
 * refusal is tried again as rarely as a failed validation. */
static struct meaning meaning_of_status(long status)
{
	if (status == 429)
		return (struct meaning){"", ERROR_LIMITED, ERROR_LIMITED};
	if (status >= 400 && status <= 499 && status != 408)
		return (struct meaning){"", ERROR_VALIDATION, ERROR_VALIDATION};
	return (struct meaning){"", ERROR_TRANSIENT, ERROR_VALIDATION};
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

/* Of a stranger: printable ASCII, one line, of bounded length. */
static void write_words(char out[static WORDS_MAX], const char *words)
{
	char *to = out;

	text_clean(out, WORDS_MAX, words, strlen(words));
	for (const char *from = out; *from; from++)
		if ((*from & 0xc0) != 0x80) /* one '?' a character */
			*to++ = (char)(*from & 0x80 ? '?' : *from);
	*to = '\0';
}

static void add_words(
	struct text *text, const json_t *problem, const char *otherwise)
{
	char words[WORDS_MAX];
	const char *detail = member_string_or(problem, "detail", "");
	if (!*detail)
		detail = member_string_or(problem, "title", otherwise);

	write_words(words, detail);
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

static const char *cause_of(const json_t *problem)
{
	return diagnosis_of_problem(
		problem_type(problem), member_string_or(problem, "detail", ""));
}

/* Of the first part that has one: "some names failed" says less than they do
 * (RFC 8555 section 6.7.1). */
static const char *find_cause(const json_t *problem)
{
	const json_t *list = json_object_get(problem, "subproblems");
	size_t count = json_array_size(list);
	const char *code = "";

	for (size_t i = 0; !*code && i < count && i < SUBPROBLEMS_MAX; i++)
		code = cause_of(json_array_get(list, i));
	return *code ? code : cause_of(problem);
}

/* What the CA met where it did not reach the name. */
static void add_inner(struct text *text, const json_t *problem)
{
	const struct diagnosis *inner =
		diagnosis_find(diagnosis_of_inner(problem_type(problem),
			member_string_or(problem, "detail", "")));

	if (inner)
		text_addf(text, "; from there: %s (%s)", inner->sentence,
			inner->code);
}

/* The words of the CA with those of the subproblems; NULL without memory. */
static char *words_of(const json_t *problem)
{
	struct text text = {.limit = WORDS_TOTAL_MAX};

	add_words(&text, problem, "the CA gave no reason");
	add_inner(&text, problem);
	add_subproblems(&text, problem);
	add_instance(&text, problem);
	return text_take(&text);
}

void problem_to_error(const json_t *problem, long status, struct error *err)
{
	const char *code = find_cause(problem);
	struct meaning meaning = meaning_of(problem_type(problem), status);
	enum error_kind kind = status ? meaning.reply : meaning.verdict;
	cleanup(string) char *words = words_of(problem);

	/* Let's Encrypt's paused names: no time mends them, a visit does. */
	if (streq(code, "R4"))
		kind = ERROR_REFUSED;
	if (words)
		fail_cause(err, kind, code, "%s", words);
	else
		fail_memory(err);
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
			reply->status >= 500           ? "N8"
				: reply->status == 429 ? "R5"
						       : "",
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
	if (reply->status != 503 || reply->retry_after <= 0 ||
		err->kind != ERROR_TRANSIENT)
		return;
	err->kind = ERROR_LIMITED;
	snprintf(err->code, sizeof(err->code), "R5");
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
