/* SPDX-License-Identifier: MIT */
#include "machine_check.h"

#include "config_setting.h"
#include "mailer.h"
#include "mem.h"
#include "metrics_file.h"
#include "notify_url.h"
#include "program.h"
#include "secret.h"
#include "text.h"
#include "user_right.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOP "acmed"
#define VAULT "acmed-vault"

/* One value; false with err. What is no path here ("credential:x", a unit) has
 * nothing to be looked at. */

static bool has_program(const char *value, struct error *err)
{
	return *value != '/' || program_check(value, err);
}

static bool has_user(const char *value, struct error *err)
{
	return getpwnam(value) ||
		fail(err, ERROR_REFUSED,
			"there is no user '%s': make it with 'useradd -r %s'",
			value, value);
}

static bool has_group(const char *value, struct error *err)
{
	return getgrnam(value) ||
		fail(err, ERROR_REFUSED,
			"there is no group '%s': make it with 'groupadd -r %s'",
			value, value);
}

/* What may not be looked at counts as there. */
static bool has_folder(const char *path, struct error *err)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return (errno != ENOENT && errno != ENOTDIR) ||
			fail(err, ERROR_REFUSED,
				"there is no folder '%s': make it with "
				"'install -d %s'",
				path, path);
	return S_ISDIR(status.st_mode) ||
		fail(err, ERROR_REFUSED, "'%s' is no folder", path);
}

/* The commands that make a missing one are told by themselves. */
static bool is_document_root(const char *path, struct error *err)
{
	return access(path, F_OK) != 0 || has_folder(path, err);
}

static bool has_parent(const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	cleanup(string) char *folder =
		text_format("%.*s", slash ? (int)(slash - path) : 0, path);

	return !folder || !*folder || has_folder(folder, err);
}

static bool has_file(const char *path, struct error *err)
{
	return *path != '/' || access(path, F_OK) == 0 || errno == EACCES ||
		fail_errno(err, errno, "cannot read '%s'", path);
}

/* It is no secret, and vault and hand have to read it; one that cannot be
 * read at all has been told of. */
static bool has_request(const char *path, struct error *err)
{
	struct stat status;

	return stat(path, &status) < 0 || (status.st_mode & S_IROTH) ||
		fail(err, ERROR_REFUSED,
			"acmed-vault and acmed-hand cannot read '%s', which is "
			"no secret: run 'chmod o+r %s'",
			path, path);
}

/* Only root sees what the vault does. */
static bool has_secret(const char *path, struct error *err)
{
	char *secret = NULL;

	if (*path != '/' || geteuid() != 0)
		return true;
	secret = secret_read(path, VAULT, err);
	bool is_there = secret != NULL;
	secret_free(secret);
	return is_there;
}

/* What the vault may do with a KeyFile= is seen where its key is. */
static bool has_binding_key(const char *path, struct error *err)
{
	return has_secret(path, err) &&
		(*path != '/' || user_may_read(getpwnam(VAULT), path, err));
}

static bool is_metrics_file(const char *path, struct error *err)
{
	return *path != '/' || metrics_file_check(path, err);
}

/* The same, of the loop; and what stands in it. */
static bool has_url(const char *path, struct error *err)
{
	struct notify_url url = {0};

	if (*path != '/' || geteuid() != 0)
		return true;
	char *secret = secret_read(path, LOOP, err);
	bool is_read = secret && notify_url_read(&url, secret, err) &&
		user_may_read(getpwnam(LOOP), path, err);
	secret_free(secret);
	notify_url_clear(&url);
	return is_read;
}

/* Who names somebody wants mail to go out. */
static bool has_sendmail(const char *address, struct error *err)
{
	return streq(address, "no") || program_check(MAILER_PROGRAM, err);
}

static const struct {
	enum config_section section;
	const char *key;
	bool (*check)(const char *value, struct error *err);
} CHECKS[] = {
	{SECTION_DAEMON, "MetricsFile", is_metrics_file},
	{SECTION_DAEMON, "NotifyMail", has_sendmail},
	{SECTION_DAEMON, "NotifyURLFile", has_url},
	{SECTION_CA, "TrustFile", has_file},
	{SECTION_CA, "RootFile", has_file},
	{SECTION_CA, "EABKeyFile", has_binding_key},
	{SECTION_CERTIFICATE, "CSR", has_request},
	{SECTION_CHALLENGE, "KeyFile", has_secret},
	{SECTION_CHALLENGE, "Webroot", is_document_root},
	{SECTION_DEPLOY, "Hook", has_program},
	{SECTION_EXPORT, "Owner", has_user},
	{SECTION_EXPORT, "Group", has_group},
	{SECTION_EXPORT, "Path", has_parent},
};

/* All values. */

struct check {
	struct mistakes *mistakes;
	const struct settings *settings;
	unsigned least_layer; /* those below were looked at before */
};

static void check_setting(const struct check *check,
	const struct setting *setting,
	bool (*look)(const char *value, struct error *err))
{
	for (size_t i = 0; i < setting->count; i++) {
		const struct setting_value *value = &setting->values[i];
		struct error err;
		if (!look(value->text, &err))
			mistakes_add(check->mistakes, setting->file,
				value->line, "'%s=': %s", setting->key->name,
				err.text);
	}
}

static void check_settings(const struct check *check)
{
	for (size_t i = 0; i < check->settings->count; i++) {
		const struct setting *setting = &check->settings->list[i];
		if (!setting->key || setting->layer < check->least_layer)
			continue;
		for (size_t j = 0; j < sizeof(CHECKS) / sizeof(*CHECKS); j++)
			if (CHECKS[j].section == setting->section &&
				streq(CHECKS[j].key, setting->key->name))
				check_setting(check, setting, CHECKS[j].check);
	}
}

static void check_certificate(const struct config *config,
	const struct config_file *file, struct mistakes *mistakes)
{
	const struct config_text text = {.file = file->path,
		.bytes = file->bytes,
		.length = file->length};
	struct mistakes known = {0};
	struct settings settings = {0};

	settings_copy(&settings, config->settings);
	struct check check = {
		.mistakes = mistakes,
		.settings = &settings,
		.least_layer = settings.layers + 1,
	};
	settings_read(&settings, &text, PLACE_CERTIFICATE, &known);
	check_settings(&check);
	settings_clear(&settings);
	mistakes_clear(&known);
}

/* Who may write a file of the configuration may have root run a hook. */
static void check_modes(
	const struct config_file *file, struct mistakes *mistakes)
{
	struct stat status;

	if (stat(file->path, &status) < 0)
		return;
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		mistakes_advise(mistakes, file->path, 0,
			"others may write it, and so have root run what they "
			"like: run 'chmod go-w %s'",
			file->path);
	if (status.st_uid != 0 && geteuid() == 0)
		mistakes_advise(mistakes, file->path, 0,
			"it is not root's: run 'chown root %s'", file->path);
}

void machine_check(const struct config_files *files,
	const struct config *config, struct mistakes *mistakes)
{
	const struct check global = {
		.mistakes = mistakes, .settings = config->settings};

	check_settings(&global);
	for (size_t i = 0; i < files->count; i++) {
		const struct config_file *file = &files->files[i];
		if (file->bytes && !file->is_known_ca)
			check_modes(file, mistakes);
		if (file->bytes && file->name)
			check_certificate(config, file, mistakes);
	}
}
