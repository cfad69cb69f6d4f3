/* SPDX-License-Identifier: MIT */
#include "permits.h"

#include "json.h"
#include "mem.h"
#include "revocation.h"
#include "text.h"

#include <stdint.h>
#include <time.h>

#define LIFETIME 86400
#define PERMITS_MAX 64
#define REVOKE "revoke"

struct permit {
	struct permit *next;
	char *text; /* owned: "revoke NAME/3", "close CA" */
	bool is_compromised; /* the key of what is to be revoked */
	int64_t until; /* of the clock that suspends count in */
};

static int64_t now(void)
{
	struct timespec clock;

	clock_gettime(CLOCK_BOOTTIME, &clock);
	return clock.tv_sec;
}

static void drop_first(struct permit **link)
{
	struct permit *permit = *link;

	*link = permit->next;
	free(permit->text);
	free(permit);
}

void permits_clear(struct vault *vault)
{
	while (vault->permits)
		drop_first(&vault->permits);
}

static unsigned forget_old(struct vault *vault)
{
	struct permit **link = &vault->permits;
	unsigned count = 0;

	while (*link) {
		if ((*link)->until <= now()) {
			drop_first(link);
			continue;
		}
		link = &(*link)->next;
		count++;
	}
	return count;
}

/* Takes the text over. */
static bool add(
	struct vault *vault, char *text, bool is_compromised, struct error *err)
{
	struct permit *permit = NULL;

	if (forget_old(vault) >= PERMITS_MAX) {
		free(text);
		return fail(err, ERROR_LOCAL, "there are too many permits");
	}
	permit = calloc(1, sizeof(*permit));
	if (!permit) {
		free(text);
		return fail_memory(err);
	}
	permit->text = text;
	permit->is_compromised = is_compromised;
	permit->until = now() + LIFETIME;
	permit->next = vault->permits;
	vault->permits = permit;
	return true;
}

static const struct permit *find(struct vault *vault, const char *text)
{
	const struct permit *permit;

	forget_old(vault);
	for (permit = vault->permits; permit; permit = permit->next)
		if (streq(permit->text, text))
			break;
	return permit;
}

static char *revoke_text(const char *name, int64_t version)
{
	return text_format(REVOKE " %s/%lld", name, (long long)version);
}

static char *read_permit(const json_t *request, struct error *err)
{
	const char *what = member_string(request, "what", err);

	if (!what)
		return NULL;
	if (streq(what, REVOKE)) {
		const char *name = request_name(request, err);
		return name ? revoke_text(name,
				      member_integer_or(request, "version", 0))
			    : NULL;
	}
	if (streq(what, PERMIT_KEY_CHANGE) || streq(what, PERMIT_CLOSE)) {
		const char *ca = member_string(request, "ca", err);
		return ca ? text_format("%s %.100s", what, ca) : NULL;
	}
	fail(err, ERROR_REFUSED, "'%.100s' needs no permit", what);
	return NULL;
}

json_t *permit_give(
	struct vault *vault, const json_t *request, struct error *err)
{
	char *text = read_permit(request, err);
	bool is_compromised = member_integer_or(request, "reason", 0) ==
		REVOCATION_KEY_COMPROMISE;

	return text && add(vault, text, is_compromised, err) ? json_object()
							     : NULL;
}

static bool check(struct vault *vault, const char *text, struct error *err)
{
	if (!text)
		return fail_memory(err);
	return find(vault, text) ||
		fail(err, ERROR_REFUSED, "root has not permitted to '%s'",
			text);
}

bool permit_revoke(struct vault *vault, const char *name, unsigned version,
	struct error *err)
{
	cleanup(string) char *text = revoke_text(name, version);

	return check(vault, text, err);
}

bool permit_says_compromised(
	struct vault *vault, const char *name, unsigned version)
{
	cleanup(string) char *text = revoke_text(name, version);
	const struct permit *permit = text ? find(vault, text) : NULL;

	return permit && permit->is_compromised;
}

bool permit_account(struct vault *vault, const char *what, const char *ca,
	struct error *err)
{
	cleanup(string) char *text = text_format("%s %.100s", what, ca);

	return check(vault, text, err);
}
