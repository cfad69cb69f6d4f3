/* SPDX-License-Identifier: MIT */
#include "live_look.h"

#include "archive.h"
#include "file.h"
#include "file_look.h"
#include "json.h"
#include "live.h"
#include "switch.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void on_finding(void *data, const struct finding *finding)
{
	json_array_append_new(data,
		json_pack("{s:s, s:s, s:s, s:s}", "check", finding->check,
			"verdict", finding_verdict_name(finding->verdict),
			"code", finding->code, "text", finding->text));
}

/* What was mended is told as what it was. */
static void tell_mended(json_t *findings, const char *name, const char *check,
	const struct error *err)
{
	const struct finding_listener listener = {
		.on_finding = on_finding, .data = findings};

	finding_error(&listener, check, name, FINDING_BAD, err);
}

static bool is_gone(struct vault *vault, const char *name)
{
	char path[VAULT_PATH_MAX];

	vault_path(path, "live/%s", name);
	return !file_exists(vault->state, path) && errno == ENOENT;
}

/* A link that is gone, to what may be served still. What stands in its place
 * is left alone (L7), and so is the link of one that was renamed. */
static void mend_link(struct vault *vault, const char *name, unsigned number,
	json_t *findings)
{
	struct version cleanup_version version = {0};
	struct error err;

	if (!is_gone(vault, name) ||
		!switch_read_usable(vault, name, number, &version) ||
		!live_write(vault, name, number, NULL))
		return;
	fail_cause(&err, ERROR_LOCAL, "L7",
		"the link 'live/%s' was gone; acmed has made it again", name);
	tell_mended(findings, name, "link", &err);
}

/* Who is in a group of its own was let in by somebody, and stays; ours has no
 * members. */
static mode_t closed_mode(const struct stat *status)
{
	return status->st_gid == getegid() ? 0600
					   : 0600 | (status->st_mode & S_IRGRP);
}

/* False when not everybody could. */
static bool close_key(int folder, const char *file, struct error *err)
{
	int key = openat(
		folder, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;

	if (key < 0)
		return false;
	bool is_open = fstat(key, &status) == 0 && S_ISREG(status.st_mode) &&
		(status.st_mode & S_IRWXO) &&
		fchmod(key, closed_mode(&status)) == 0;
	close(key);
	if (is_open)
		fail_cause(err, ERROR_LOCAL, "P7",
			"the key '%s' had mode %04o, and everybody on this "
			"machine could read it; acmed has closed it: think of "
			"a new one",
			file, status.st_mode & 07777);
	return is_open;
}

static void mend_keys(struct vault *vault, const char *name, unsigned number,
	json_t *findings)
{
	char path[VAULT_PATH_MAX];
	struct error err, first = {0};

	vault_path(path, "archive/%s/%u", name, number);
	int cleanup_folder folder = folder_open(vault->state, path, NULL);
	if (folder < 0)
		return;
	if (close_key(folder, "combined.pem", &err))
		first = err;
	if (close_key(folder, "privkey.pem", &err))
		first = err;
	if (first.kind == ERROR_NONE)
		return;
	error_prefix(&first, "'live/%s'", name);
	tell_mended(findings, name, "modes", &first);
}

/* Which names it has is the business of who renews it. */
static void look(struct vault *vault, const char *name, json_t *findings)
{
	const struct config_certificate *certificate =
		vault_certificate(vault, name, NULL);
	struct config_certificate nameless = {0};
	const struct finding_listener listener = {
		.on_finding = on_finding, .data = findings};

	if (certificate)
		nameless = *certificate;
	nameless.identifier_count = 0;
	file_look(name, certificate ? &nameless : NULL, &listener);
}

json_t *live_look(struct vault *vault, const json_t *request, struct error *err)
{
	const char *name = request_name(request, err);
	int64_t number = member_integer_or(request, "version", 0);
	json_t *findings = name ? json_array() : NULL;

	if (!name)
		return NULL;
	if (number > 0 && number <= INT32_MAX) {
		mend_link(vault, name, (unsigned)number, findings);
		mend_keys(vault, name, (unsigned)number, findings);
	}
	look(vault, name, findings);
	return json_pack("{s:o}", "findings", findings);
}
