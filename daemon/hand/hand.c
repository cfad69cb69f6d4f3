/* SPDX-License-Identifier: MIT */
#include "hand.h"

#include "base64url.h"
#include "config_files.h"
#include "json.h"
#include "mem.h"
#include "message.h"
#include "sandbox.h"
#include "text.h"
#include "token_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A SHA-256 thumbprint in base64url (RFC 7638, RFC 8555 section 8.1). */
#define THUMBPRINT_LENGTH 43

struct hand {
	const char *main_file; /* borrowed, or NULL */
	bool has_walls;
	struct config *config; /* owned; NULL before the first request */
	const struct config_certificate *certificate; /* borrowed from it */
	struct published *published;
	unsigned count;
};

struct published {
	struct published *next;
	int folder; /* owned */
	char token[CHALLENGE_TOKEN_MAX + 1];
	ino_t inode;
};

/* The members of a request, checked; strings are borrowed from it. */
struct wish {
	const char *name;
	const char *token;
	const char *answer; /* NULL for withdraw */
	struct identifier identifier;
};

/* What the loop asks. */

static bool read_wish(
	const json_t *request, struct wish *wish, struct error *err)
{
	const char *identifier = member_string(request, "identifier", err);

	if (!identifier)
		return false;
	if (!(wish->name = member_string(request, "name", err)) ||
		!(wish->token = member_string(request, "token", err)) ||
		!identifier_parse(identifier, &wish->identifier, err))
		return false;
	if (!config_name_is_valid(wish->name))
		return fail(err, ERROR_REFUSED, "the name is not valid");
	if (!token_is_valid(wish->token))
		return fail(err, ERROR_REFUSED, "the token is not valid");
	return true;
}

/* Nothing but a key authorization gets into a document root. */
static bool is_answer(const char *answer, const char *token)
{
	size_t length = strlen(token);

	return strncmp(answer, token, length) == 0 && answer[length] == '.' &&
		strlen(answer + length + 1) == THUMBPRINT_LENGTH &&
		base64url_is_valid(answer + length + 1);
}

static bool read_answer(
	const json_t *request, struct wish *wish, struct error *err)
{
	wish->answer = member_string(request, "answer", err);
	if (!wish->answer)
		return false;
	return is_answer(wish->answer, wish->token) ||
		fail(err, ERROR_REFUSED,
			"the answer is no key authorization of the token");
}

/* What the configuration says. */

/* From here on nothing but the document roots can be written, or read. */
static void build_walls(const struct config_certificate *certificate)
{
	const size_t count = certificate->challenge_for_count + 1;
	const char **roots = mem_new((count + 1) * sizeof(*roots));
	struct sandbox_report report;
	size_t used = 0;

	if (certificate->challenge.webroot)
		roots[used++] = certificate->challenge.webroot;
	for (size_t i = 0; i < certificate->challenge_for_count; i++)
		if (certificate->challenges_for[i].challenge.webroot)
			roots[used++] = certificate->challenges_for[i]
						.challenge.webroot;
	sandbox_apply(&(struct sandbox_wish){.write = roots,
			      .calls = SANDBOX_CALLS_FILES},
		&report);
	if (report.warning[0])
		fprintf(stderr, "acmed-hand: %s\n", report.warning);
	free(roots);
}

static bool load(struct hand *hand, const char *name, struct error *err)
{
	struct mistakes mistakes = {0};

	hand->config = config_files_load(hand->main_file, name, &mistakes);
	if (hand->config)
		hand->certificate = config_find(hand->config, name);
	if (!hand->certificate && mistakes.list.count)
		fail(err, ERROR_REFUSED, "%s", mistakes.list.items[0]);
	else if (!hand->certificate)
		fail(err, ERROR_REFUSED, "no certificate '%s' is configured",
			name);
	mistakes_clear(&mistakes);
	if (!hand->certificate) {
		config_free(take(hand->config));
		return false;
	}
	if (hand->has_walls)
		build_walls(hand->certificate);
	return true;
}

static bool has_name(const struct config_certificate *certificate,
	const struct identifier *identifier)
{
	for (size_t i = 0; i < certificate->identifier_count; i++)
		if (identifier_equal(&certificate->identifiers[i], identifier))
			return true;
	return false;
}

/* A conversation is about the certificate of its first request. */
static bool choose(struct hand *hand, const struct wish *wish,
	const char **root, struct error *err)
{
	if (!hand->certificate && !load(hand, wish->name, err))
		return false;
	const struct config_certificate *certificate = hand->certificate;
	if (!streq(certificate->name, wish->name))
		return fail(err, ERROR_REFUSED,
			"this conversation is about '%s'", certificate->name);
	if (!has_name(certificate, &wish->identifier))
		return fail(err, ERROR_REFUSED, "'%s' is no name of '%s'",
			wish->identifier.value, wish->name);
	const struct config_challenge *challenge =
		config_challenge_for(certificate, &wish->identifier);
	*root = challenge->webroot;
	if (challenge->solver != SOLVER_WEBROOT || !*root)
		return fail(err, ERROR_REFUSED, "'%s' has no Webroot= here",
			wish->identifier.value);
	return true;
}

/* What is published. */

static struct published **find(struct hand *hand, const char *token)
{
	struct published **link = &hand->published;

	while (*link && !streq((*link)->token, token))
		link = &(*link)->next;
	return link;
}

static bool drop(struct hand *hand, struct published **link, struct error *err)
{
	struct published *published = *link;
	bool is_gone = token_file_remove(
		published->folder, published->token, published->inode, err);

	*link = published->next;
	hand->count--;
	close(published->folder);
	free(published);
	return is_gone;
}

/* The two commands that open a document root (contract, solver webroot). */
static void explain(struct error *err, const char *root)
{
	char text[sizeof(err->text)];

	if (!err->code[0])
		return;
	snprintf(text, sizeof(text), "%s", err->text);
	snprintf(err->text, sizeof(err->text),
		"%.180s; run: install -d -o acmed-hand %.90s/" TOKEN_FOLDER
		", and with systemctl edit acmed-hand@.service add "
		"ReadWritePaths=%.90s to [Service]",
		text, root, root);
}

static bool publish(struct hand *hand, const struct wish *wish,
	const char *root, struct error *err)
{
	struct published *published = mem_new(sizeof(*published));

	snprintf(published->token, sizeof(published->token), "%s", wish->token);
	published->folder = token_folder_open(root, false, err);
	if (published->folder >= 0 &&
		token_file_write(published->folder, wish->token, wish->answer,
			&published->inode, err)) {
		published->next = hand->published;
		hand->published = published;
		hand->count++;
		return true;
	}
	if (published->folder >= 0)
		close(published->folder);
	free(published);
	explain(err, root);
	return false;
}

/* The verbs. */

static bool present(struct hand *hand, const json_t *request, struct error *err)
{
	struct wish wish = {0};
	const char *root = NULL;

	if (!read_wish(request, &wish, err) ||
		!read_answer(request, &wish, err) ||
		!choose(hand, &wish, &root, err))
		return false;
	if (*find(hand, wish.token))
		return true;
	if (hand->count == HAND_PUBLICATIONS)
		return fail(err, ERROR_LOCAL, "%d answers are published",
			HAND_PUBLICATIONS);
	return publish(hand, &wish, root, err);
}

static bool withdraw(
	struct hand *hand, const json_t *request, struct error *err)
{
	struct wish wish = {0};

	if (!read_wish(request, &wish, err))
		return false;
	struct published **link = find(hand, wish.token);
	return !*link || drop(hand, link, err);
}

static const struct {
	const char *verb;
	bool (*answer)(
		struct hand *hand, const json_t *request, struct error *err);
} VERBS[] = {
	{"present", present},
	{"withdraw", withdraw},
};

static bool dispatch(
	struct hand *hand, const json_t *request, struct error *err)
{
	const char *verb = member_string(request, "verb", err);

	if (!verb)
		return false;
	for (size_t i = 0; i < sizeof(VERBS) / sizeof(*VERBS); i++)
		if (streq(verb, VERBS[i].verb))
			return VERBS[i].answer(hand, request, err);
	return fail(err, ERROR_REFUSED, "the verb is unknown");
}

json_t *hand_answer(struct hand *hand, const json_t *request)
{
	struct error err;

	if (!dispatch(hand, request, &err))
		return message_error(request, &err);
	return json_pack("{s:O*}", "id", json_object_get(request, "id"));
}

bool hand_serve(struct hand *hand, int socket)
{
	struct error err;

	for (;;) {
		cleanup(json) json_t *request = message_receive(socket, &err);
		if (!request && err.kind == ERROR_NONE)
			return true;
		cleanup(json) json_t *reply =
			request ? hand_answer(hand, request) : NULL;
		if (request && message_send(socket, reply, &err))
			continue;
		fprintf(stderr, "acmed-hand: %s\n", err.text);
		return false;
	}
}

struct hand *hand_new(const char *main_file, bool has_walls)
{
	struct hand *hand = mem_new(sizeof(*hand));

	hand->main_file = main_file;
	hand->has_walls = has_walls;
	return hand;
}

void hand_free(struct hand *hand)
{
	struct error err;

	if (!hand)
		return;
	while (hand->published)
		if (!drop(hand, &hand->published, &err))
			fprintf(stderr, "acmed-hand: %s\n", err.text);
	config_free(hand->config);
	free(hand);
}
