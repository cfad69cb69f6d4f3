/* SPDX-License-Identifier: MIT */
#include "answer.h"

#include "account_change.h"
#include "account_terms.h"
#include "accounts.h"
#include "dns_journal.h"
#include "dns_sign.h"
#include "json.h"
#include "live_look.h"
#include "load.h"
#include "machine.h"
#include "mem.h"
#include "move.h"
#include "next.h"
#include "page.h"
#include "paths.h"
#include "permits.h"
#include "purge.h"
#include "revoke.h"
#include "sign.h"
#include "stage.h"
#include "state.h"
#include "switch.h"
#include "taking.h"
#include "text.h"

#include <stdio.h>
#include <sys/statvfs.h>

static json_t *ping(
	struct vault *vault, const json_t *request, struct error *err)
{
	(void)vault;
	(void)request;
	(void)err;
	return json_object();
}

/* Accounts may have been put back from a copy: they are read anew. */
static json_t *end_taking(struct vault *vault)
{
	struct taking *taking = take(vault->taking);

	taking_finish(taking, &vault->configuration);
	taking_free(taking);
	accounts_clear(vault);
	move_renamed(vault);
	return json_pack("{s:I, s:b, s:o}", "certificates",
		(json_int_t)vault->configuration.config->certificate_count,
		"unfinished", vault->configuration.is_unfinished, "mistakes",
		configuration_mistakes(&vault->configuration));
}

/* Who does not go on begins anew. */
static json_t *configure(
	struct vault *vault, const json_t *request, struct error *err)
{
	if (!member_bool_or(request, "more", false))
		taking_free(take(vault->taking));
	if (!vault->taking)
		vault->taking = taking_start(
			vault->state, vault->main_file, &vault->configuration);
	switch (taking_go_on(vault->taking, err)) {
	case TAKING_ON:
		return json_pack("{s:b}", "more", true);
	case TAKING_FAILED:
		taking_free(take(vault->taking));
		return NULL;
	case TAKING_DONE:
		break;
	}
	return end_taking(vault);
}

static json_t *give_configuration(
	struct vault *vault, const json_t *request, struct error *err)
{
	return configuration_page(&vault->configuration,
		member_integer_or(request, "index", 0),
		member_integer_or(request, "offset", 0), err);
}

static const struct verb {
	const char *name;
	unsigned rights; /* any of them will do */
	json_t *(*answer)(
		struct vault *vault, const json_t *request, struct error *err);
} VERBS[] = {
	{"ping", RIGHT_LOOP | RIGHT_ROOT, ping},
	{"configure", RIGHT_LOOP, configure},
	{"configuration", RIGHT_LOOP, give_configuration},
	{"load", RIGHT_LOOP, load_page},
	{"look", RIGHT_LOOP, live_look},
	{"placeholder", RIGHT_LOOP, switch_placeholder},
	{"account", RIGHT_LOOP, account_open},
	{"account-save", RIGHT_LOOP, account_save},
	{"account-terms", RIGHT_LOOP, account_keep_terms},
	{"sign", RIGHT_LOOP, sign_request},
	{"key-change-begin", RIGHT_LOOP, account_change_begin},
	{"key-change", RIGHT_LOOP, account_change_sign},
	{"key-change-settle", RIGHT_LOOP, account_change_settle},
	{"revoke", RIGHT_LOOP, revoke_sign},
	{"revoked", RIGHT_LOOP, revoke_mark},
	{"dns-update", RIGHT_LOOP, dns_sign_update},
	{"dns-verify", RIGHT_LOOP, dns_verify_reply},
	{"dns-leftovers", RIGHT_LOOP, dns_journal_list},
	{"csr", RIGHT_LOOP, next_csr},
	{"order-save", RIGHT_LOOP, next_save_order},
	{"order-drop", RIGHT_LOOP, next_drop_order},
	{"stage", RIGHT_LOOP, stage_chain},
	{"switch", RIGHT_LOOP, switch_version},
	{"rollback", RIGHT_LOOP, switch_back},
	{"state-save", RIGHT_LOOP, state_save},
	{"machine-save", RIGHT_LOOP, machine_save},
	{"machine-load", RIGHT_LOOP, machine_load},
	{"probe", RIGHT_LOOP, state_probe},
	{"permit", RIGHT_ROOT, permit_give},
	{"purge", RIGHT_ROOT, purge_name},
};

static const struct verb *find(const char *name)
{
	for (size_t i = 0; i < sizeof(VERBS) / sizeof(*VERBS); i++)
		if (streq(VERBS[i].name, name))
			return &VERBS[i];
	return NULL;
}

/* ENOSPC is said of space and of inodes alike; who counts no inodes (0) never
 * lacks them. */
static void name_inodes(struct error *err)
{
	struct statvfs space;

	if (streq(err->code, "L1") && statvfs(paths_state(), &space) == 0 &&
		space.f_files > 0 && space.f_favail == 0)
		snprintf(err->code, sizeof(err->code), "L15");
}

/* A file is named as it stands in the state folder; who has to make room
 * wants to know where that is. */
static void name_place(struct error *err)
{
	static const char *const OF_PLACES[] = {"L1", "L3", "L15"};
	size_t length = strlen(err->text);

	name_inodes(err);
	for (size_t i = 0; i < sizeof(OF_PLACES) / sizeof(*OF_PLACES); i++)
		if (streq(err->code, OF_PLACES[i]))
			snprintf(err->text + length, sizeof(err->text) - length,
				", below '%s'", paths_state());
}

json_t *verbs_answer(struct vault *vault, unsigned rights,
	const json_t *request, struct error *err)
{
	const char *name = member_string(request, "verb", err);
	const struct verb *verb = name ? find(name) : NULL;

	if (!name)
		return NULL;
	if (!verb) {
		fail(err, ERROR_REFUSED, "the vault has no verb '%.100s'",
			name);
		return NULL;
	}
	if (!(verb->rights & rights)) {
		fail(err, ERROR_REFUSED, "you may not ask the vault to '%s'",
			name);
		return NULL;
	}
	json_t *reply = verb->answer(vault, request, err);
	if (!reply && err->kind == ERROR_NONE && !vault->wants_key)
		fail_memory(err);
	if (!reply)
		name_place(err);
	return reply;
}
