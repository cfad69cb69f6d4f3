/* SPDX-License-Identifier: MIT */
#include "paths.h"

#include "text.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct path {
	char text[PATH_MAX];
};

/* The folder in the variable, or the built-in one. systemd puts several with
 * colons between them when a unit names several; the first is ours. */
static const char *folder(
	struct path *path, const char *variable, const char *otherwise)
{
	const char *value = getenv(variable);
	if (!value || value[0] != '/')
		value = otherwise;
	snprintf(path->text, sizeof(path->text), "%.*s",
		(int)strcspn(value, ":"), value);
	size_t length = strlen(path->text);
	while (length > 1 && path->text[length - 1] == '/')
		path->text[--length] = '\0';
	return path->text;
}

const char *paths_configuration(void)
{
	static struct path path;

	return folder(&path, "CONFIGURATION_DIRECTORY", SYSCONFDIR "/acmed");
}

const char *paths_state(void)
{
	static struct path path;

	return folder(&path, "STATE_DIRECTORY", "/var/lib/acmed");
}

const char *paths_runtime(void)
{
	static struct path path;

	return folder(&path, "RUNTIME_DIRECTORY", "/run/acmed");
}

const char *paths_sockets(void)
{
	static char path[PATH_MAX + sizeof("-sockets")];

	snprintf(path, sizeof(path), "%s-sockets", paths_runtime());
	return path;
}

/* The folder of the program that runs, "" when it is not to be learnt. */
static const char *program_folder(void)
{
	static struct path path;
	char own[PATH_MAX];

	if (path.text[0])
		return path.text;
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);
	if (length <= 0)
		return "";
	own[length] = '\0';
	snprintf(path.text, sizeof(path.text), "%s", dirname(own));
	return path.text;
}

/* In a build folder the sources' data lies at ../conf, or for a build of its
 * own kind (build/sanitize) or a test one or two folders higher. */
static bool find_sources(struct path *path)
{
	static const char *const UP[] = {"/../conf", "/../../conf",
		"/../../../conf", "/../../../../conf"};
	char ca[PATH_MAX + 64];

	for (size_t i = 0; i < sizeof(UP) / sizeof(*UP); i++) {
		snprintf(ca, sizeof(ca), "%s%s/ca", program_folder(), UP[i]);
		if (access(ca, R_OK) != 0)
			continue;
		ca[strlen(ca) - strlen("/ca")] = '\0';
		return realpath(ca, path->text) != NULL;
	}
	return false;
}

/* /usr/bin/../conf is nobody's: only what lies in no system folder. */
static bool is_installed(void)
{
	return text_starts_with(program_folder(), "/usr/") ||
		text_starts_with(program_folder(), LIBEXECDIR);
}

const char *paths_data(void)
{
	static struct path path;

	if (path.text[0])
		return path.text;
	if (is_installed() || !find_sources(&path))
		snprintf(path.text, sizeof(path.text), "%s", DATADIR);
	return path.text;
}

const char *paths_helper(const char *program)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", program_folder(), program);
	if (access(path, X_OK) != 0)
		snprintf(path, sizeof(path), "%s/%s", LIBEXECDIR, program);
	return path;
}
