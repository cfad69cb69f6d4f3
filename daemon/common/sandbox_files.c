/* SPDX-License-Identifier: MIT */
#include "sandbox_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif

/* Of version 6, later than what we are built for: the programs of one user
 * are not to end each other, and sockets without a file have no mode that
 * would keep us from daemons of root. */
#define SCOPE_ABSTRACT_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)
#define SCOPED_SINCE 6

struct ruleset {
	uint64_t handled_access_fs;
	uint64_t handled_access_net; /* not ours: ports are configured later */
	uint64_t scoped;
};

#define RIGHTS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RIGHTS_WRITE \
	(RIGHTS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | \
		LANDLOCK_ACCESS_FS_REMOVE_DIR | \
		LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
		LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER | \
		LANDLOCK_ACCESS_FS_TRUNCATE)
#define RIGHTS_EXECUTE (RIGHTS_READ | LANDLOCK_ACCESS_FS_EXECUTE)

/* The first ABI has bits 0 to 12; later ones brought one each. */
struct sandbox_rights sandbox_rights(int abi)
{
	uint64_t handled = 0;

	if (abi >= 1)
		handled |= (1ULL << 13) - 1;
	if (abi >= 2)
		handled |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		handled |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi >= 5)
		handled |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return (struct sandbox_rights){
		.handled = handled,
		.read = handled & RIGHTS_READ,
		.write = handled & RIGHTS_WRITE,
		.execute = handled & RIGHTS_EXECUTE,
		.scoped = abi >= SCOPED_SINCE
			? SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL
			: 0,
	};
}

void sandbox_files_lack(int abi, char *text, size_t size)
{
	const char *lacks = abi < 3 ? "truncation, calls to devices, "
		: abi < 5           ? "calls to devices, "
				    : "";

	if (abi >= 1 && abi < SCOPED_SINCE)
		snprintf(text, size,
			"landlock of version %d does not see %ssignals, "
			"abstract sockets",
			abi, lacks);
}

int sandbox_files_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

/* A wall that leaves out what is only hard to open today would shut us out. */
static bool is_out_of_reach(int number)
{
	return number == ENOENT || number == ENOTDIR || number == ELOOP ||
		number == ENAMETOOLONG;
}

static bool add_folder(int rules, const char *folder, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights};

	rule.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return is_out_of_reach(errno);
	long rc = syscall(SYS_landlock_add_rule, rules,
		LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
	return rc == 0;
}

static bool add_folders(int rules, const char *const *folders, uint64_t rights)
{
	for (; folders && *folders; folders++)
		if (!add_folder(rules, *folders, rights))
			return false;
	return true;
}

bool sandbox_files_lock(const struct sandbox_wish *wish, int abi)
{
	struct sandbox_rights rights = sandbox_rights(abi);
	if (wish->has_abstract_manager)
		rights.scoped &= ~SCOPE_ABSTRACT_SOCKET;
	struct ruleset attr = {
		.handled_access_fs = rights.handled, .scoped = rights.scoped};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attr,
		abi >= SCOPED_SINCE ? sizeof(attr)
				    : sizeof(attr.handled_access_fs),
		0);

	if (rules < 0)
		return false;
	bool is_up = add_folders(rules, wish->read, rights.read) &&
		add_folders(rules, wish->write, rights.write) &&
		add_folders(rules, wish->execute, rights.execute) &&
		syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	int number = errno;
	close(rules);
	errno = number;
	return is_up;
}
