/* SPDX-License-Identifier: MIT */
#include "config_value.h"

#include "config.h"
#include "mem.h"
#include "text.h"

#include <signal.h>
#include <stdio.h>

#define UNIT_NAME_MAX 255
#define OWNER_MAX 32
#define SERVICE ".service"
#define HOOK_UNIT_PREFIX "acmed-hook@"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* The types of units (systemd.unit(5)). */
static const char *const SUFFIXES[] = {SERVICE, ".socket", ".target", ".device",
	".mount", ".automount", ".swap", ".path", ".timer", ".slice", ".scope"};

static const char *find_suffix(const char *unit)
{
	for (size_t i = 0; i < sizeof(SUFFIXES) / sizeof(*SUFFIXES); i++)
		if (text_ends_with(unit, SUFFIXES[i]))
			return SUFFIXES[i];
	return NULL;
}

/* Characters, and no template without its instance ("x@.service"). */
static bool is_unit_name(const char *unit)
{
	size_t length = strlen(unit);

	return length <= UNIT_NAME_MAX && *unit != '.' && *unit != '@' &&
		strspn(unit, LETTERS DIGITS ":-_.\\@") == length &&
		!strstr(unit, "@.");
}

static bool add_unit(struct strings *units, const char *value,
	const char *const *allowed, struct error *err)
{
	const char *suffix = find_suffix(value);
	cleanup(string) char *unit =
		text_format("%s%s", value, suffix ? "" : SERVICE);

	if (!unit)
		return fail_memory(err);
	if (!is_unit_name(unit) || streq(value, "systemctl"))
		return fail(err, ERROR_REFUSED,
			"is no name of a unit such as 'nginx.service': units "
			"are separated by blanks, and a command belongs in "
			"'ReloadCommand='");
	for (; *allowed; allowed++) {
		if (!text_ends_with(unit, *allowed))
			continue;
		strings_add(units, unit);
		return true;
	}
	return fail(
		err, ERROR_REFUSED, "is a unit that this cannot be done to");
}

bool config_value_reload_unit(const char *value, void *field, struct error *err)
{
	static const char *const ALLOWED[] = {SERVICE, NULL};

	return add_unit(field, value, ALLOWED, err);
}

bool config_value_restart_unit(
	const char *value, void *field, struct error *err)
{
	static const char *const ALLOWED[] = {
		SERVICE, ".socket", ".target", NULL};

	return add_unit(field, value, ALLOWED, err);
}

/* One word, maybe in quotes; false for a quote that is not closed. */
static bool next_word(const char **at, struct text *word)
{
	char quote = '\0';

	for (; **at && (quote || !strchr(" \t", **at)); (*at)++) {
		if (quote ? **at == quote : strchr("'\"", **at) != NULL)
			quote = quote ? '\0' : **at;
		else
			text_add_bytes(word, *at, 1);
	}
	*at += strspn(*at, " \t");
	return !quote;
}

bool config_value_command(const char *value, void *field, struct error *err)
{
	struct strings words = {0};
	bool is_closed = true;

	while (*value) {
		struct text word cleanup_text_value = {0};
		is_closed = next_word(&value, &word);
		strings_add(&words, word.data ? word.data : "");
	}
	if (is_closed && words.count && words.items[0][0] == '/') {
		strings_clear(field);
		*(struct strings *)field = words;
		return true;
	}
	strings_clear(&words);
	if (!is_closed)
		return fail(err, ERROR_REFUSED, "has a quote without end");
	return fail(err, ERROR_REFUSED, "starts with no absolute path");
}

/* "HUP /run/nginx.pid" */
bool config_value_signal(const char *value, void *field, struct error *err)
{
	static const struct {
		const char *name;
		int number;
	} SIGNALS[] = {{"HUP", SIGHUP}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2},
		{"WINCH", SIGWINCH}};
	struct config_deploy *deploy = field;
	size_t length = strcspn(value, " \t");
	const char *path = value + length + strspn(value + length, " \t");

	for (size_t i = 0; i < sizeof(SIGNALS) / sizeof(*SIGNALS); i++) {
		if (strlen(SIGNALS[i].name) != length ||
			strncmp(SIGNALS[i].name, value, length) != 0)
			continue;
		if (!config_value_path(path, &deploy->reload_pid_file, err))
			return fail(err, ERROR_REFUSED,
				"has no absolute path of a PID file");
		deploy->reload_signal = SIGNALS[i].number;
		return true;
	}
	return fail(err, ERROR_REFUSED,
		"has none of the signals HUP, USR1, USR2 and WINCH");
}

static bool is_hook_unit(const char *value)
{
	size_t least = strlen(HOOK_UNIT_PREFIX) + strlen(SERVICE);

	return text_starts_with(value, HOOK_UNIT_PREFIX) &&
		text_ends_with(value, SERVICE) && strlen(value) > least &&
		is_unit_name(value);
}

bool config_value_hook(const char *value, void *field, struct error *err)
{
	struct config_deploy *deploy = field;
	struct config_hook hook = {.kind = HOOK_UNIT};

	if (is_hook_unit(value)) {
		hook.value = mem_string(value);
	} else if (*value == '/') {
		hook.kind = HOOK_PROGRAM;
		if (!config_value_path(value, &hook.value, err))
			return false;
	} else {
		return fail(err, ERROR_REFUSED,
			"is neither an absolute path nor a unit "
			"'acmed-hook@NAME.service'");
	}
	deploy->hooks =
		mem_resize(deploy->hooks, deploy->hook_count + 1, sizeof(hook));
	deploy->hooks[deploy->hook_count++] = hook;
	return true;
}

bool config_value_format(const char *value, void *field, struct error *err)
{
	static const char *const FORMATS[] = {
		[EXPORT_COMBINED] = "combined",
		[EXPORT_PEM] = "pem",
		[EXPORT_PKCS12] = "pkcs12",
	};

	for (unsigned i = 0; i < sizeof(FORMATS) / sizeof(*FORMATS); i++) {
		if (!streq(value, FORMATS[i]))
			continue;
		*(enum config_export_format *)field =
			(enum config_export_format)i;
		return true;
	}
	return fail(err, ERROR_REFUSED,
		"is none of 'combined', 'pem' and 'pkcs12'");
}

/* useradd(8): a letter or '_' first; or a number that is not (uid_t)-1. */
static bool is_owner(const char *value)
{
	size_t length = strlen(value);

	if (length == 0 || length > OWNER_MAX)
		return false;
	if (strspn(value, DIGITS) == length)
		return length < 10;
	return strchr(LETTERS "_", *value) &&
		strspn(value, LETTERS DIGITS "_.-") == length;
}

bool config_value_owner(const char *value, void *field, struct error *err)
{
	char **owner = field;

	if (!is_owner(value))
		return fail(err, ERROR_REFUSED, "is no user or group");
	free(*owner);
	*owner = mem_string(value);
	return true;
}

bool config_value_mode(const char *value, void *field, struct error *err)
{
	char *end;
	unsigned long mode = strtoul(value, &end, 8);

	if (*value < '0' || *value > '7' || *end || mode > 0777)
		return fail(err, ERROR_REFUSED, "is no mode such as '0640'");
	if (mode & 0002)
		return fail(err, ERROR_REFUSED, "lets everybody write");
	if (mode & 0004)
		return fail(err, ERROR_REFUSED, "lets everybody read the key");
	*(unsigned *)field = (unsigned)mode;
	return true;
}
