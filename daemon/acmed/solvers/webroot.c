/* SPDX-License-Identifier: MIT */
#include "publication.h"

#include "paths.h"
#include "token_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A file that a web server serves: in acmed's own document root, or in a
 * foreign one, where the hand writes. */

#define HAND_DEADLINE 30.

static void own_root(char *out, size_t size)
{
	snprintf(out, size, "%s/webroot", paths_runtime());
}

static bool is_foreign(const struct publication *publication)
{
	const char *root = publication->wish.challenge->webroot;
	char own[4096];

	own_root(own, sizeof(own));
	return root && strcmp(root, own) != 0;
}

/* Our own folder. */

static bool write_own(struct publication *publication, struct error *err)
{
	const struct challenge *answer = publication->wish.answer;
	char root[4096];

	own_root(root, sizeof(root));
	int folder = token_folder_open(root, true, err);
	if (folder < 0)
		return false;
	bool is_written = token_file_write(folder, root, answer->token,
		answer->answer, &publication->inode, err);
	close(folder);
	return is_written;
}

static void present_own(struct publication *publication)
{
	struct error err;

	if (write_own(publication, &err))
		publication_report(publication, NULL);
	else
		publication_report(publication, &err);
}

static void withdraw_own(struct publication *publication)
{
	char root[4096];
	struct error err;

	if (!publication->inode)
		return;
	own_root(root, sizeof(root));
	int folder = token_folder_open(root, true, &err);
	if (folder < 0 ||
		!token_file_remove(folder, publication->wish.answer->token,
			publication->inode, &err))
		solvers_complain(publication->solvers,
			publication->wish.certificate, &err);
	if (folder >= 0)
		close(folder);
}

/* The hand's. */

static json_t *request(const struct publication *publication, const char *verb)
{
	const struct challenge *answer = publication->wish.answer;

	return json_pack("{s:s, s:s, s:s, s:s}", "verb", verb, "name",
		publication->wish.certificate, "identifier",
		answer->identifier.value, "token", answer->token);
}

static void on_present(void *data, const json_t *reply, const struct error *err)
{
	struct publication *publication = data;

	(void)reply;
	publication->call = NULL;
	publication_report(publication, err);
}

static void present_foreign(struct publication *publication)
{
	struct error err;

	publication->conversation =
		conversation_open(publication->solvers->conversations,
			publication->wish.certificate, &err);
	if (!publication->conversation) {
		publication_report(publication, &err);
		return;
	}
	json_t *wish = request(publication, "present");
	json_object_set_new(
		wish, "answer", json_string(publication->wish.answer->answer));
	publication->call =
		helper_call(conversation_helper(publication->conversation),
			wish, HAND_DEADLINE, on_present, publication);
}

/* The hand logs what it cannot remove; the loop has nothing to do then. */
static void on_withdraw(
	void *data, const json_t *reply, const struct error *err)
{
	(void)data;
	(void)reply;
	(void)err;
}

static void withdraw_foreign(struct publication *publication)
{
	struct conversation *conversation = publication->conversation;

	if (!conversation)
		return;
	if (publication->call)
		helper_cancel(publication->call);
	struct helper *helper = conversation_helper(conversation);
	if (helper && !conversation_is_last(conversation))
		helper_call(helper, request(publication, "withdraw"),
			HAND_DEADLINE, on_withdraw, NULL);
	conversation_close(conversation);
}

static void present(struct publication *publication)
{
	if (is_foreign(publication))
		present_foreign(publication);
	else
		present_own(publication);
}

static void withdraw(struct publication *publication)
{
	if (is_foreign(publication))
		withdraw_foreign(publication);
	else
		withdraw_own(publication);
}

const struct solver solver_webroot = {
	.present = present,
	.withdraw = withdraw,
};
