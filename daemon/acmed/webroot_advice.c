/* SPDX-License-Identifier: MIT */
#include "webroot_advice.h"

#include "paths.h"
#include "text.h"
#include "token_file.h"

#include <glob.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>

#define HAND "acmed-hand"
#define DROP_INS "/etc/systemd/system/" HAND "@.service.d"
#define OPEN_ALREADY "/var/www" /* by the unit as it is shipped */

static bool is_own(const char *root)
{
	char own[PATH_MAX];

	snprintf(own, sizeof(own), "%s/webroot", paths_runtime());
	return streq(root, own);
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return text_starts_with(path, folder) &&
		(path[length] == '/' || path[length] == '\0');
}

/* "/srv/www" -> "srv-www.conf" in the folder of the drop-ins. */
static void name_drop_in(const char *root, char out[static PATH_MAX])
{
	size_t length =
		(size_t)snprintf(out, PATH_MAX, "%s/%s", DROP_INS, root + 1);

	for (size_t i = sizeof(DROP_INS); i < length && i < PATH_MAX; i++)
		if (out[i] == '/')
			out[i] = '-';
	if (length + sizeof(".conf") <= PATH_MAX)
		snprintf(out + length, PATH_MAX - length, ".conf");
}

static bool has_folder(const char *folder)
{
	const struct passwd *hand = getpwnam(HAND);
	struct stat status;

	return stat(folder, &status) == 0 && S_ISDIR(status.st_mode) &&
		(!hand || status.st_uid == hand->pw_uid);
}

static bool says(const char *path, const char *root)
{
	FILE *file = fopen(path, "re");
	char line[PATH_MAX + 64];
	bool is_found = false;

	while (file && !is_found && fgets(line, sizeof(line), file))
		is_found = text_starts_with(line, "ReadWritePaths=") &&
			strstr(line, root);
	if (file)
		fclose(file);
	return is_found;
}

static bool has_drop_in(const char *root)
{
	glob_t found = {0};
	bool is_found = false;

	glob(DROP_INS "/*.conf", 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc && !is_found; i++)
		is_found = says(found.gl_pathv[i], root);
	globfree(&found);
	return is_found;
}

static void advise(const char *root)
{
	char folder[PATH_MAX];
	char drop_in[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s/%s", root, TOKEN_FOLDER);
	name_drop_in(root, drop_in);
	bool needs_folder = !has_folder(folder);
	bool needs_drop_in =
		!is_below(root, OPEN_ALREADY) && !has_drop_in(root);
	if (!needs_folder && !needs_drop_in)
		return;
	printf("'Webroot=%s' is not open to acmed yet; as root run:\n", root);
	if (needs_folder)
		printf("  install -d -o " HAND " '%s'\n", folder);
	if (needs_drop_in)
		printf("  printf '[Service]\\nReadWritePaths=%%s\\n' '%s' | "
		       "install -D -m 644 /dev/stdin '%s' && "
		       "systemctl daemon-reload\n",
			root, drop_in);
}

/* Those that were seen before are not told again. */
static void consider(void *data, const struct config_challenge *challenge)
{
	struct strings *seen = data;
	const char *root = challenge->webroot;

	if (challenge->solver != SOLVER_WEBROOT || !root || is_own(root))
		return;
	for (size_t i = 0; i < seen->count; i++)
		if (streq(seen->items[i], root))
			return;
	strings_add(seen, root);
	advise(root);
}

void webroot_advice_print(const struct config *config)
{
	struct strings seen = {0};

	config_each_challenge(config, consider, &seen);
	strings_clear(&seen);
}
