/* SPDX-License-Identifier: MIT */
#include "vault_goals.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <unistd.h>

#define ACCOUNT "https://ca.test/account/1"
#define DIRECTORY "https://ca.test/dir"
#define NAMES \
	"[{\"type\":\"dns\",\"value\":\"a.example\"}," \
	"{\"type\":\"dns\",\"value\":\"www.a.example\"}]"

/* The CA. */

static bool sign(
	struct play *play, const char *by, const char *url, const char *payload)
{
	return play_ask(play, "sign", "s:s, s:s, s:s, s:s, s:s", "ca", "little",
		"by", by, "url", url, "nonce", "n", "payload", payload);
}

/* As the real one it knows an account by its key. */
static void know_account(struct play *play, const char *thumbprint)
{
	if (streq(play->account, thumbprint))
		return;
	play->accounts++;
	snprintf(play->account, sizeof(play->account), "%s", thumbprint);
}

/* Register. */

static bool save_account(struct play *play)
{
	char thumbprint[64];

	snprintf(thumbprint, sizeof(thumbprint), "%s",
		member_string_or(play->reply, "thumbprint", ""));
	if (!sign(play, "key", "https://ca.test/new-account",
		    "{\"termsOfServiceAgreed\":true,"
		    "\"contact\":[\"mailto:ops@a.example\"]}"))
		return false;
	know_account(play, thumbprint);
	return play_ask(play, "account-save", "s:s, s:s, s:s", "ca", "little",
		"url", ACCOUNT, "directory", DIRECTORY);
}

static bool reach_account(struct play *play, const struct before *before)
{
	(void)before;
	if (!play_ask(play, "account", "s:s", "ca", "little"))
		return false;
	return *member_string_or(play->reply, "url", "") || save_account(play);
}

/* Start. */

/* Else the loop takes it for a certificate of a CA, and leaves it there. */
static bool look_at_placeholder(struct play *play, const json_t *answer)
{
	const json_t *facts =
		json_object_get(json_object_get(answer, "installed"), "facts");

	if (facts && !member_bool_or(facts, "self_signed", false))
		play_flaw(play, "the placeholder is not told as one");
	return true;
}

static bool reach_placeholder(struct play *play, const struct before *before)
{
	(void)before;
	return play_ask(play, "placeholder", "s:s", "name", PLAY_NAME) &&
		look_at_placeholder(play, play->reply) &&
		play_load(play, PLAY_NAME) &&
		look_at_placeholder(play, play->lineage);
}

static bool reach_loaded(struct play *play, const struct before *before)
{
	if (!play_load(play, PLAY_NAME))
		return false;
	return play_version(play) == before->version ||
		play_fail(play, "version %d is installed, not %d",
			play_version(play), before->version);
}

/* Issue and renew. */

static bool order(struct play *play)
{
	char url[64];

	if (!play_ask(play, "probe", "") || !reach_account(play, NULL) ||
		!sign(play, "account", "https://ca.test/new-order",
			"{\"identifiers\":" NAMES "}"))
		return false;
	snprintf(url, sizeof(url), "https://ca.test/order/%u", ++play->orders);
	return play_ask(play, "order-save", "s:s, s:{s:s, s:s, s:s}", "name",
		PLAY_NAME, "order", "ca", "little", "url", url, "account",
		ACCOUNT);
}

static bool switch_to(struct play *play, int version)
{
	return play_ask(play, "switch", "s:s, s:i", "name", PLAY_NAME,
		"version", version);
}

static bool finish_order(struct play *play)
{
	if (!play_ask(play, "csr", "s:s", "name", PLAY_NAME))
		return false;
	const char *csr = member_string_or(play->reply, "csr", "");
	cleanup(string) char *chain = little_ca_sign(&play->ca, csr);
	cleanup(string) char *payload = text_format("{\"csr\":\"%s\"}", csr);
	if (!sign(play, "account", "https://ca.test/order/1/finalize",
		    payload) ||
		!play_ask(play, "stage", "s:s, s:s", "name", PLAY_NAME, "chain",
			chain))
		return false;
	return switch_to(
		play, (int)member_integer_or(play->reply, "version", 0));
}

static bool go_on(struct play *play)
{
	const json_t *staged = json_object_get(play->lineage, "staged");

	if (json_is_object(staged))
		return switch_to(
			play, (int)member_integer_or(staged, "version", 0));
	if (json_is_object(json_object_get(play->lineage, "order")))
		return finish_order(play);
	return order(play) && finish_order(play);
}

static bool save_state(struct play *play, const char *lineage)
{
	return play_ask(play, "state-save", "s:s, s:{s:i, s:s}", "name",
		lineage, "state", "schema", 1, "step", "installed");
}

static bool reach_renewed(struct play *play, const struct before *before)
{
	if (!play_load(play, PLAY_NAME))
		return false;
	if (streq(play_serial(play), before->serial) &&
		(!go_on(play) || !play_load(play, PLAY_NAME)))
		return false;
	if (streq(play_serial(play), before->serial))
		return play_fail(play, "the old one is still installed");
	return save_state(play, PLAY_NAME);
}

/* Deploy: all that the vault has to do with it. */

static bool reach_deployed(struct play *play, const struct before *before)
{
	(void)before;
	return save_state(play, PLAY_NAME) &&
		play_ask(play, "machine-save", "s:s, s:{s:i}", "part",
			"telling", "state", "reminded", 7) &&
		save_state(play, PLAY_NAME);
}

/* Revoke. */

static bool is_revoked(const struct play *play)
{
	return member_bool_or(
		json_object_get(play->lineage, "installed"), "revoked", false);
}

static bool reach_revoked(struct play *play, const struct before *before)
{
	const char *name = PLAY_NAME;
	int version = before->version;

	if (!play_load(play, name))
		return false;
	if (is_revoked(play))
		return true;
	return play_ask(play, "permit", "s:s, s:s, s:i, s:i", "what", "revoke",
		       "name", name, "version", version, "reason", 1) &&
		play_ask(play, "revoke", "s:s, s:i, s:i, s:s, s:s, s:s, s:s",
			"name", name, "version", version, "reason", 1, "by",
			"account", "ca", "little", "url",
			"https://ca.test/revoke", "nonce", "n") &&
		play_ask(play, "revoked", "s:s, s:i, s:i", "name", name,
			"version", version, "reason", 1);
}

/* Roll back. */

static bool reach_older(struct play *play, const struct before *before)
{
	if (!play_load(play, PLAY_NAME))
		return false;
	if (play_version(play) != before->version)
		return play_version(play) < before->version ||
			play_fail(play, "rolled back to a newer one");
	return play_ask(play, "rollback", "s:s, s:i", "name", PLAY_NAME,
		"version", before->version);
}

/* Rescan. */

static void add_file(struct play *play)
{
	play_write(play, "etc/certs.d/b.example.conf",
		"[Certificate]\nNames=b.example\n");
	play_write(play, "etc/certs.d/" PLAY_NAME ".conf",
		"[Certificate]\nNames=a.example www.a.example x.a.example\n");
}

static bool reach_added(struct play *play, const struct before *before)
{
	(void)before;
	return play_configure(play) && play_load(play, "b.example") &&
		play_ask(play, "placeholder", "s:s", "name", "b.example") &&
		play_load(play, "b.example") &&
		(play_version(play) || play_fail(play, "no placeholder"));
}

static void rename_file(struct play *play)
{
	rename(play_path(play, "etc/certs.d/" PLAY_NAME ".conf"),
		play_path(play, "etc/certs.d/c.example.conf"));
}

static bool reach_renamed(struct play *play, const struct before *before)
{
	if (!play_configure(play) || !play_load(play, "c.example"))
		return false;
	if (play_version(play) != before->version)
		return play_fail(play, "it does not have what it had");
	return json_is_object(json_object_get(play->lineage, "state")) ||
		play_fail(play, "its state is lost");
}

static void break_file(struct play *play)
{
	play_write(play, "etc/certs.d/" PLAY_NAME ".conf", "[Certificate\n");
}

static bool reach_mistake(struct play *play, const struct before *before)
{
	return play_configure(play) && reach_loaded(play, before);
}

/* Remove. */

static void remove_file(struct play *play)
{
	add_file(play);
	unlink(play_path(play, "etc/certs.d/" PLAY_NAME ".conf"));
}

static bool reach_purged(struct play *play, const struct before *before)
{
	(void)before;
	return play_configure(play) &&
		play_ask(play, "purge", "s:s", "name", PLAY_NAME) &&
		play_ask(play, "placeholder", "s:s", "name", "b.example");
}

/* Another account key. */

static bool reach_other_key(struct play *play, const struct before *before)
{
	(void)before;
	if (!play_ask(play, "account", "s:s", "ca", "little"))
		return false;
	if (!streq(play->account,
		    member_string_or(play->reply, "thumbprint", "")))
		return true;
	return play_ask(play, "permit", "s:s, s:s", "what", "key-change", "ca",
		       "little") &&
		play_ask(play, "key-change-begin", "s:s", "ca", "little") &&
		play_ask(play, "key-change", "s:s, s:s, s:s", "ca", "little",
			"url", "https://ca.test/roll", "nonce", "n") &&
		play_ask(play, "key-change-settle", "s:s, s:s", "ca", "little",
			"goes_by", "new");
}

const struct goal GOALS[] = {
	{"first start", STAGE_EMPTY, NULL, reach_placeholder, true, false, 0},
	{"register", STAGE_PLACEHOLDER, NULL, reach_account, false, false, 0},
	{"issue", STAGE_ACCOUNT, NULL, reach_renewed, false, false, 0},
	{"start", STAGE_ISSUED, NULL, reach_loaded, true, false, 0},
	{"renew", STAGE_RENEWED, NULL, reach_renewed, false, false, 0},
	{"deploy", STAGE_ISSUED, NULL, reach_deployed, false, false, 0},
	{"revoke", STAGE_ISSUED, NULL, reach_revoked, false, false, 0},
	{"roll back", STAGE_RENEWED, NULL, reach_older, false, false, 0},
	{"rescan", STAGE_ISSUED, add_file, reach_added, false, false, 0},
	{"rename", STAGE_ISSUED, rename_file, reach_renamed, false, false,
		"c.example"},
	{"mistake", STAGE_ISSUED, break_file, reach_mistake, false, false, 0},
	{"remove", STAGE_ISSUED, remove_file, reach_purged, false, false,
		"b.example"},
	{"account key", STAGE_ISSUED, NULL, reach_other_key, false, false, 0},
	{"stop", STAGE_ISSUED, NULL, reach_loaded, false, true, 0},
};
const size_t GOAL_COUNT = sizeof(GOALS) / sizeof(*GOALS);

bool goal_next_stage(struct play *play, enum stage stage)
{
	struct before before = {.version = play_version(play)};

	snprintf(before.serial, sizeof(before.serial), "%s", play_serial(play));
	switch (stage) {
	case STAGE_EMPTY:
		return reach_placeholder(play, &before);
	case STAGE_PLACEHOLDER:
		return reach_account(play, &before);
	case STAGE_ACCOUNT:
		return reach_renewed(play, &before);
	case STAGE_ISSUED:
		for (int i = 0; i < 3; i++)
			if (!go_on(play) || !play_load(play, PLAY_NAME))
				return false;
		return true;
	case STAGE_RENEWED:
	case STAGE_COUNT:
		break;
	}
	return false;
}
