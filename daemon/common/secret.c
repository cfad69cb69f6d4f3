/* SPDX-License-Identifier: MIT */
#include "secret.h"

#include "mem.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREDENTIAL "credential:"
#define BLANKS " \t\r\n"

static void close_file(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define cleanup_file __attribute__((__cleanup__(close_file)))

static bool check(
	int fd, const char *path, struct stat *status, struct error *err)
{
	if (fstat(fd, status) != 0)
		return fail_errno(err, errno, "cannot read '%s'", path);
	if (!S_ISREG(status->st_mode) || status->st_size > SECRET_MAX)
		return fail(err, ERROR_REFUSED,
			"'%s' is no file of a secret (at most %d bytes)", path,
			SECRET_MAX);
	return !(status->st_mode & 07) ||
		fail_cause(err, ERROR_LOCAL, "L4",
			"others can read the secret '%s': run 'chmod o= %s'",
			path, path);
}

static bool fail_open(
	struct error *err, int number, const char *path, const char *user)
{
	if (number != EACCES)
		return fail_errno(err, number, "cannot read '%s'", path);
	return fail_cause(err, ERROR_LOCAL, "L4",
		"%s cannot read '%s': run 'chgrp %s %s' and 'chmod 0640 %s'",
		user, path, user, path, path);
}

/* All of it, with a NUL behind. */
static char *read_all(int fd, size_t size, const char *path, struct error *err)
{
	char *text = calloc(1, size + 1);
	size_t length = 0;
	ssize_t got = 1;

	if (!text) {
		fail_memory(err);
		return NULL;
	}
	while (length < size && got != 0) {
		got = read(fd, text + length, size - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		length += (size_t)got;
	}
	if (length == size)
		return text;
	if (got < 0)
		fail_errno(err, errno, "cannot read '%s'", path);
	else
		fail(err, ERROR_LOCAL, "'%s' changed while it was read", path);
	secret_free(text);
	return NULL;
}

char *secret_read(const char *path, const char *user, struct error *err)
{
	struct stat status;

	/* The configuration made a path of it where there are credentials. */
	if (text_starts_with(path, CREDENTIAL)) {
		fail(err, ERROR_REFUSED,
			"'%s' is not there: the unit of %s has no credentials "
			"(LoadCredential=)",
			path, user);
		return NULL;
	}
	int cleanup_file fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		fail_open(err, errno, path, user);
		return NULL;
	}
	if (!check(fd, path, &status, err))
		return NULL;
	char *text = read_all(fd, (size_t)status.st_size, path, err);
	size_t length = text ? strlen(text) : 0;
	while (length && strchr(BLANKS, text[length - 1]))
		text[--length] = '\0';
	if (!text || length)
		return text;
	fail(err, ERROR_REFUSED, "the secret '%s' is empty", path);
	secret_free(text);
	return NULL;
}

void secret_free(char *secret)
{
	if (secret)
		OPENSSL_cleanse(secret, strlen(secret));
	free(secret);
}
