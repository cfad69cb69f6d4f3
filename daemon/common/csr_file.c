/* SPDX-License-Identifier: MIT */
#include "csr_file.h"

#include "config_csr.h"
#include "csr_read.h"
#include "denied.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool check(int fd, const char *path, struct error *err)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return fail_errno(err, errno, "cannot look at it");
	if (!S_ISREG(status.st_mode) || status.st_size > CSR_MAX)
		return fail(err, ERROR_REFUSED,
			"it is no file of a request (at most %d bytes)",
			CSR_MAX);
	if (status.st_uid != 0 && status.st_uid != geteuid())
		return fail(err, ERROR_REFUSED,
			"uid %u could put another one there: run 'chown root "
			"%s'",
			(unsigned)status.st_uid, path);
	return !(status.st_mode & (S_IWGRP | S_IWOTH)) ||
		fail(err, ERROR_REFUSED,
			"others may write it: run 'chmod go-w %s'", path);
}

static char *read_request(const char *path, size_t *length, struct error *err)
{
	struct config_file request = {.path = (char *)path};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		int number = errno;
		fail_errno(err, number, "cannot open it");
		denied_explain(err, number, path, R_OK);
		return NULL;
	}
	if (check(fd, path, err) && !config_file_read_from(&request, fd))
		*err = request.err;
	close(fd);
	*length = request.length;
	return request.bytes;
}

static void replace(struct config_file *file, char *bytes, size_t length)
{
	free(file->bytes);
	file->bytes = bytes;
	file->length = bytes ? length : 0;
	if (!bytes)
		fail(&file->err, ERROR_LOCAL,
			"it has characters in it that only acmed puts there");
}

void csr_file_attach(struct config_file *file)
{
	const struct config_text text = {
		.file = file->path,
		.bytes = file->bytes,
		.length = file->length,
	};
	cleanup(string) char *path = config_csr_path(&text);
	size_t count = 0, length = 0;
	struct error err = {0};

	if (config_csr_cut(&text) != file->length)
		replace(file, NULL, 0);
	if (!path || !file->bytes)
		return;
	cleanup(string) char *request = read_request(path, &count, &err);
	char *joined = request ? config_csr_join(&text, request, count, &length)
			       : config_csr_join_error(&text, &err, &length);
	replace(file, joined, length);
}
