/* SPDX-License-Identifier: MIT */

/*
 * What the programs say to each other, each being suspicious of the others,
 * and what a hook says.
 */

#include "fuzz.h"
#include "hook_reply.h"
#include "kind.h"
#include "lineage.h"
#include "mem.h"
#include "message.h"
#include "payload.h"
#include "status.h"
#include "wish.h"

static const char GLOBAL[] = "[CA little]\nDirectory=https://ca.test/dir\n"
			     "Contact=ops@a.example\nAgreeToTerms=yes\n"
			     "[Certificate]\nCA=little\n";
static const char SITE[] = "[Certificate]\nNames=a.example www.a.example\n";

static bool is_own_csr(void *data, const struct config_ca *ca, const char *csr)
{
	(void)data;
	(void)ca;
	return streq(csr, "b3duLWNzcg");
}

static struct config *make_config(void)
{
	struct mistakes mistakes = {0};
	struct config_text global = {"acmed.conf", GLOBAL, strlen(GLOBAL)};
	struct config_text site = {"a", SITE, strlen(SITE)};
	struct config *config = config_new(&global, 1, 0, &mistakes);

	config_add_certificate(config, "a", &site, &mistakes);
	mistakes_clear(&mistakes);
	return config;
}

/* May the loop have that signed? */
static bool is_signed(const char *payload, const char *url, bool is_by_key)
{
	struct config *config = make_config();
	struct payload_context context = {.config = config,
		.ca = config_find_ca(config, "little"),
		.url = url,
		.account = "https://ca.test/account/1",
		.is_by_key = is_by_key,
		.is_own_csr = is_own_csr};
	bool is_allowed = payload_is_allowed(&context, payload, NULL);

	config_free(config);
	return is_allowed;
}

/* In the name of the account, and in that of the key, to every kind of URL. */
bool hostile_payload(struct text *seen, const char *bytes, size_t length)
{
	text_add(seen, "taken");
	return strlen(bytes) == length &&
		(is_signed(bytes, "https://ca.test/some/thing", false) ||
			is_signed(bytes, "https://ca.test/account/1", false) ||
			is_signed(bytes, "https://ca.test/new-account", true));
}

bool hostile_wish(struct text *seen, const char *bytes, size_t length)
{
	cleanup(json) json_t *request = message_decode(bytes, length, NULL);
	struct wish wish = {0};

	if (!request || !wish_read(request, &wish, NULL) ||
		!wish_check(&wish, CHALLENGE_HTTP_01, NULL))
		return false;
	text_addf(seen, "[%s %s %s %s]", wish.name, wish.token, wish.answer,
		wish.identifier.value);
	return true;
}

/* Requests of the loop to the vault, one behind the other: the last counts. */
bool hostile_vault(struct text *seen, const char *bytes, size_t length)
{
	struct fuzz_parts parts = {(const uint8_t *)bytes, length};
	bool is_taken = false;

	do {
		struct error err = {0};
		cleanup(string) char *part = fuzz_part(&parts, &length);
		cleanup(json) json_t *request =
			message_decode(part, length, NULL);
		cleanup(json) json_t *reply =
			request ? fuzz_vault_reply(request, &err) : NULL;
		is_taken = request && (reply || err.kind == ERROR_NONE);
	} while (parts.left);
	text_add(seen, "taken");
	return is_taken;
}

bool hostile_lineage(struct text *seen, const char *bytes, size_t length)
{
	cleanup(json) json_t *object = message_decode(bytes, length, NULL);
	struct lineage *lineage = lineage_new("example.org");

	lineage->seed = 0.5;
	bool is_read = object && lineage_from_vault(lineage, object, NULL);
	cleanup(json) json_t *status = status_of(lineage, FUZZ_NOW);
	cleanup(string) char *text = json_dumps(status, JSON_COMPACT);
	fuzz_check(text != NULL);
	text_addf(seen, "[%s %u %d]", text, lineage->staged,
		lineage->order != NULL);
	lineage_free(lineage);
	return is_read;
}

/* The error in a reply; none is refused, as that says that all went well. */
bool hostile_message(struct text *seen, const char *bytes, size_t length)
{
	cleanup(json) json_t *reply = message_decode(bytes, length, NULL);
	struct error err = {0};

	if (!reply || !message_is_error(reply, &err))
		return false;
	fuzz_check_error(&err);
	text_addf(seen, "[%d %s %g %s]", (int)err.kind, err.code,
		err.retry_after, err.text);
	return true;
}

bool hostile_hook(struct text *seen, const char *bytes, size_t length)
{
	struct text reply cleanup_text_value = {.limit = HOOK_REPLY_MAX};
	struct error err = {0};

	text_add_bytes(&reply, bytes, length);
	if (hook_reply_read("/usr/bin/hook", &reply, &err)) {
		text_add(seen, "ok");
		return true;
	}
	fuzz_check_error(&err);
	text_addf(seen, "[%s %g %s]", err.code, err.retry_after, err.text);
	return streq(err.code, "D9");
}

/* Settings behind a sound [Certificate]: any mistake refuses. */
bool hostile_site(struct text *seen, const char *bytes, size_t length)
{
	struct config *config = make_config();
	struct mistakes mistakes = {0};
	struct config_text site = {"b", bytes, length};

	text_add(seen, "taken");
	bool is_fine = config_add_certificate(config, "b", &site, &mistakes) &&
		!mistakes.list.count;
	mistakes_clear(&mistakes);
	config_free(config);
	return is_fine;
}

bool hostile_config(struct text *seen, const char *bytes, size_t length)
{
	struct mistakes mistakes = {0};
	struct config_text global = {"acmed.conf", bytes, length};
	struct config *config = config_new(&global, 1, 0, &mistakes);
	bool is_fine = config && !mistakes.list.count;

	text_add(seen, "taken");
	mistakes_clear(&mistakes);
	config_free(config);
	return is_fine;
}
