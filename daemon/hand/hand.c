/* SPDX-License-Identifier: MIT */
#include "hand.h"

#include "config_files.h"
#include "hook.h"
#include "json.h"
#include "mem.h"
#include "message.h"
#include "program.h"
#include "sandbox.h"
#include "text.h"
#include "token_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct hand {
	const char *main_file; /* borrowed, or NULL */
	bool has_walls;
	int socket; /* borrowed; -1: no conversation */
	struct config *config; /* owned; NULL before the first request */
	const struct config_certificate *certificate; /* borrowed from it */
	struct published *published;
	unsigned count;
};

struct published {
	struct published *next;
	struct identifier identifier;
	char token[CHALLENGE_TOKEN_MAX + 1];
	struct hook *hook; /* owned; NULL: a file */
	bool is_partial; /* the hook failed half-way */
	int folder; /* owned; -1: a hook */
	ino_t inode;
};

/* What the configuration says. */

/* From here on nothing but the document roots can be written, or read; what a
 * hook needs nobody knows: the unit's walls hold for it. */
static void build_walls(const struct config *config,
	const struct config_certificate *certificate)
{
	const size_t count = certificate->challenge_for_count + 1;
	const char **roots = mem_new((count + 1) * sizeof(*roots));
	struct sandbox_wish wish = {
		.write = roots, .calls = SANDBOX_CALLS_FILES};
	struct sandbox_report report;
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		const struct config_challenge *at =
			config_challenge_at(certificate, i);
		if (at->webroot)
			roots[used++] = at->webroot;
		if (at->solver == SOLVER_EXEC)
			wish = (struct sandbox_wish){.skip_landlock = true};
	}
	wish.only_logs = config->daemon.sandbox == SANDBOX_LOG;
	sandbox_apply(&wish, &report);
	if (report.warning[0])
		fprintf(stderr, "<4>acmed-hand: a wall is not up: %s\n",
			report.warning);
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
		build_walls(hand->config, hand->certificate);
	return true;
}

static bool has_name(const struct config_certificate *certificate,
	const struct identifier *identifier)
{
	return identifier_is_in(certificate->identifiers,
		certificate->identifier_count, identifier);
}

/* A conversation is about the certificate of its first request. */
static const struct config_challenge *choose(
	struct hand *hand, const struct wish *wish, struct error *err)
{
	if (!hand->certificate && !load(hand, wish->name, err))
		return NULL;
	const struct config_certificate *certificate = hand->certificate;
	if (!streq(certificate->name, wish->name)) {
		fail(err, ERROR_REFUSED, "this conversation is about '%s'",
			certificate->name);
		return NULL;
	}
	if (!has_name(certificate, &wish->identifier)) {
		fail(err, ERROR_REFUSED, "'%s' is no name of '%s'",
			wish->identifier.value, wish->name);
		return NULL;
	}
	return config_challenge_for(certificate, &wish->identifier);
}

/* What is published. */

static struct published **find(struct hand *hand, const struct wish *wish)
{
	struct published **link = &hand->published;

	while (*link &&
		(!streq((*link)->token, wish->token) ||
			!identifier_equal(
				&(*link)->identifier, &wish->identifier)))
		link = &(*link)->next;
	return link;
}

static struct published *add(struct hand *hand, const struct wish *wish)
{
	struct published *published = mem_new(sizeof(*published));

	published->identifier = wish->identifier;
	snprintf(published->token, sizeof(published->token), "%s", wish->token);
	published->folder = -1;
	published->next = hand->published;
	hand->published = published;
	hand->count++;
	return published;
}

static void forget(struct hand *hand, struct published **link)
{
	struct published *published = *link;

	*link = published->next;
	hand->count--;
	if (published->folder >= 0)
		close(published->folder);
	hook_free(published->hook);
	free(published);
}

static bool drop(struct hand *hand, struct published **link, struct error *err)
{
	struct published *published = *link;
	bool is_gone = published->hook
		? hook_withdraw(published->hook, err)
		: token_file_remove(published->folder, published->token,
			  published->inode, err);

	forget(hand, link);
	return is_gone;
}

/* The two commands that open a document root (contract, solver webroot). */
static void explain(struct error *err, const char *root)
{
	char text[sizeof(err->text)];

	if (!err->code[0] || streq(err->code, "L1"))
		return;
	snprintf(text, sizeof(text), "%s", err->text);
	snprintf(err->text, sizeof(err->text),
		"%.180s; run: install -d -o acmed-hand %.90s/" TOKEN_FOLDER
		", and with systemctl edit acmed-hand@.service add "
		"ReadWritePaths=%.90s to [Service]",
		text, root, root);
}

static bool write_file(struct hand *hand, const struct wish *wish,
	const char *root, struct error *err)
{
	if (!root)
		return fail(err, ERROR_REFUSED, "'%s' has no Webroot= here",
			wish->identifier.value);
	struct published *published = add(hand, wish);
	published->folder = token_folder_open(root, false, err);
	if (published->folder >= 0 &&
		token_file_write(published->folder, root, wish->token,
			wish->answer, &published->inode, err))
		return true;
	forget(hand, &hand->published);
	explain(err, root);
	return false;
}

/* What failed half-way is kept, to be withdrawn. */
static bool run_hook(struct hand *hand, const struct wish *wish,
	const struct config_challenge *settings, struct error *err)
{
	bool has_run;
	struct hook *hook = hook_new(hand->certificate, settings, wish, err);

	if (!hook)
		return false;
	struct published *published = add(hand, wish);
	published->hook = hook;
	hook->leash = &hand->socket;
	bool is_published = hook_present(hook, &has_run, err);
	published->is_partial = !is_published;
	if (!is_published && !has_run)
		forget(hand, &hand->published);
	return is_published;
}

static bool publish(struct hand *hand, const struct wish *wish,
	const struct config_challenge *settings, struct error *err)
{
	if (settings->solver == SOLVER_EXEC)
		return run_hook(hand, wish, settings, err);
	if (settings->solver == SOLVER_WEBROOT)
		return write_file(hand, wish, settings->webroot, err);
	return fail(err, ERROR_REFUSED, "'%s' needs nobody's hand",
		wish->identifier.value);
}

/* The verbs. */

static bool present(struct hand *hand, const json_t *request, struct error *err)
{
	struct wish wish = {0};
	const struct config_challenge *settings = wish_read(request, &wish, err)
		? choose(hand, &wish, err)
		: NULL;

	if (!settings || !wish_check(&wish, settings->type, err))
		return false;
	struct published **link = find(hand, &wish);
	if (*link && !(*link)->is_partial)
		return true;
	if (*link && !drop(hand, link, err))
		return false;
	if (hand->count == HAND_PUBLICATIONS)
		return fail(err, ERROR_LOCAL, "%d answers are published",
			HAND_PUBLICATIONS);
	return publish(hand, &wish, settings, err);
}

static bool withdraw(
	struct hand *hand, const json_t *request, struct error *err)
{
	struct wish wish = {0};

	if (!wish_read(request, &wish, err))
		return false;
	struct published **link = find(hand, &wish);
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

/* A loop that does not wait for the reply has gone: that is the end too. */
bool hand_serve(struct hand *hand, int socket)
{
	struct error err;

	hand->socket = socket;
	for (;;) {
		cleanup(json) json_t *request = message_receive(socket, &err);
		if (!request && err.kind == ERROR_NONE)
			return true;
		if (!request) {
			fprintf(stderr, "acmed-hand: %s\n", err.text);
			return false;
		}
		cleanup(json) json_t *reply = hand_answer(hand, request);
		if (!message_send(socket, reply, &err))
			return true;
	}
}

struct hand *hand_new(const char *main_file, bool has_walls)
{
	struct hand *hand = mem_new(sizeof(*hand));

	hand->main_file = main_file;
	hand->has_walls = has_walls;
	hand->socket = -1;
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
	program_end_all();
	config_free(hand->config);
	free(hand);
}
