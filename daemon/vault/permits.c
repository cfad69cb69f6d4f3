/* SPDX-License-Identifier: MIT */
#include "permits.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LIFETIME 86400
#define PERMITS_MAX 64
#define REVOKE "revoke"
#define TEXT_MAX 160

struct permit {
	struct permit *next;
	char text[TEXT_MAX]; /* "revoke NAME/3 (superseded)", "close CA" */
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

static bool add(struct vault *vault, const char *text, struct error *err)
{
	if (forget_old(vault) >= PERMITS_MAX)
		return fail(err, ERROR_LOCAL, "there are too many permits");
	struct permit *permit = calloc(1, sizeof(*permit));
	if (!permit)
		return fail_memory(err);
	snprintf(permit->text, TEXT_MAX, "%s", text);
	permit->until = now() + LIFETIME;
	permit->next = vault->permits;
	vault->permits = permit;
	return true;
}

static bool has(struct vault *vault, const char *text)
{
	const struct permit *permit;

	forget_old(vault);
	for (permit = vault->permits; permit; permit = permit->next)
		if (streq(permit->text, text))
			return true;
	return false;
}

static void revoke_text(char out[TEXT_MAX], const char *name, int64_t version,
	enum revocation_reason reason)
{
	snprintf(out, TEXT_MAX, REVOKE " %s/%lld (%s)", name,
		(long long)version, revocation_reason_name(reason));
}

static void account_text(char out[TEXT_MAX], const char *what, const char *ca)
{
	snprintf(out, TEXT_MAX, "%s %.100s", what, ca);
}

static bool read_permit(
	const json_t *request, char out[TEXT_MAX], struct error *err)
{
	const char *what = member_string(request, "what", err);

	if (!what)
		return false;
	if (streq(what, REVOKE)) {
		const char *name = request_name(request, err);
		if (name)
			revoke_text(out, name,
				member_integer_or(request, "version", 0),
				(enum revocation_reason)member_integer_or(
					request, "reason", 0));
		return name != NULL;
	}
	if (streq(what, PERMIT_KEY_CHANGE) || streq(what, PERMIT_CLOSE)) {
		const char *ca = member_string(request, "ca", err);
		if (ca)
			account_text(out, what, ca);
		return ca != NULL;
	}
	return fail(err, ERROR_REFUSED, "'%.100s' needs no permit", what);
}

json_t *permit_give(
	struct vault *vault, const json_t *request, struct error *err)
{
	char text[TEXT_MAX];

	return read_permit(request, text, err) && add(vault, text, err)
		? json_object()
		: NULL;
}

static bool check(struct vault *vault, const char *text, struct error *err)
{
	return has(vault, text) ||
		fail(err, ERROR_REFUSED, "root has not permitted to '%s'",
			text);
}

bool permit_revoke(struct vault *vault, const char *name, unsigned version,
	enum revocation_reason reason, struct error *err)
{
	char text[TEXT_MAX];

	revoke_text(text, name, version, reason);
	return check(vault, text, err);
}

bool permit_account(struct vault *vault, const char *what, const char *ca,
	struct error *err)
{
	char text[TEXT_MAX];

	account_text(text, what, ca);
	return check(vault, text, err);
}

void permits_drop_account(struct vault *vault, const char *what, const char *ca)
{
	struct permit **link = &vault->permits;
	char text[TEXT_MAX];

	account_text(text, what, ca);
	while (*link)
		if (streq((*link)->text, text))
			drop_first(link);
		else
			link = &(*link)->next;
}
