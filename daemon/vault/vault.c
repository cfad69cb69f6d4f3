/* SPDX-License-Identifier: MIT */
#include "vault.h"

#include "accounts.h"
#include "file.h"
#include "json.h"
#include "mem.h"
#include "paths.h"
#include "pending.h"
#include "permits.h"
#include "roots.h"
#include "taking.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static const struct {
	const char *name;
	mode_t mode;
} FOLDERS[] = {
	{"live", 0755},
	{"archive", 0755},
	{"accounts", 0700},
	{"state", 0700},
	{"state/config", 0700},
};

/* The lock is the kernel's and ends with its holder; the file only says who
 * that is, and need not be writable. */
static void write_holder(int state)
{
	char pid[24];
	int length = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());

	file_write(state, "lock", pid, (size_t)length, 0600, NULL);
}

static bool lock_folder(int state, struct error *err)
{
	size_t length = 0;

	if (flock(state, LOCK_EX | LOCK_NB) == 0) {
		write_holder(state);
		return true;
	}
	cleanup(string) char *holder =
		file_read(state, "lock", 24, &length, NULL);
	if (holder)
		holder[strcspn(holder, "\n")] = '\0';
	return fail_cause(err, ERROR_LOCAL, "L8",
		"another acmed works in '%s' (its vault is process %s)",
		paths_state(), holder ? holder : "?");
}

/* A folder that cannot be made now is told by the verb that needs it. */
static void make_folders(int state)
{
	for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(*FOLDERS); i++) {
		int cleanup_folder fd = folder_make(
			state, FOLDERS[i].name, FOLDERS[i].mode, NULL);
		if (fd >= 0)
			folder_clean(fd);
	}
}

bool vault_open(struct vault *vault, struct error *err)
{
	vault->state = open(paths_state(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (vault->state < 0)
		return fail_errno(
			err, errno, "cannot open folder '%s'", paths_state());
	if (!lock_folder(vault->state, err))
		return false;
	make_folders(vault->state);
	return true;
}

void vault_close(struct vault *vault)
{
	taking_free(vault->taking);
	configuration_clear(&vault->configuration);
	accounts_clear(vault);
	roots_clear(vault);
	pending_clear(vault);
	permits_clear(vault);
	strings_clear(&vault->names);
	EVP_PKEY_free(take(vault->made));
	close_folder(&vault->state);
	vault->state = -1;
}

static bool takes_long(enum key_type type)
{
	return type != KEY_ECDSA_P256 && type != KEY_ECDSA_P384 &&
		type != KEY_ED25519;
}

EVP_PKEY *vault_make_key(
	struct vault *vault, enum key_type type, struct error *err)
{
	if (vault->made && vault->made_type == type)
		return take(vault->made);
	if (!takes_long(type))
		return key_generate(type, err);
	vault->wants_key = true;
	vault->wanted = type;
	fail(err, ERROR_LOCAL, "the key is being made");
	return NULL;
}

const char *request_name(const json_t *request, struct error *err)
{
	const char *name = member_string(request, "name", err);

	if (!name)
		return NULL;
	if (!config_lineage_is_valid(name)) {
		fail(err, ERROR_REFUSED, "'%s' is no name of a certificate",
			name);
		return NULL;
	}
	return name;
}

const struct config_certificate *vault_certificate(
	const struct vault *vault, const char *name, struct error *err)
{
	const struct config *config = vault->configuration.config;
	const struct config_certificate *certificate =
		config ? config_find(config, name) : NULL;

	if (!certificate)
		fail(err, ERROR_REFUSED, "no certificate '%s' is configured",
			name);
	return certificate;
}

void vault_path(char out[static VAULT_PATH_MAX], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(out, VAULT_PATH_MAX, format, arguments);
	va_end(arguments);
}
