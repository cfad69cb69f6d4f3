/* SPDX-License-Identifier: MIT */

/*
 * add: a certificate's file in certs.d, written by root, and the rescan
 * behind it.
 */

#include "ask.h"
#include "config.h"
#include "config_files.h"
#include "identifier.h"
#include "json.h"
#include "mem.h"
#include "paths.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Named after the first without "*."; an address without its colons. */
static char *name_of(const struct identifier *identifier)
{
	char *name = strdup(identifier_base(identifier));

	for (char *c = name; c && *c; c++)
		if (*c == ':')
			*c = '-';
	return name;
}

char *certificate_path(const char *name)
{
	return text_format("%s/certs.d/%s.conf", paths_configuration(), name);
}

static char *write_text(const struct arguments *arguments, struct error *err)
{
	struct text text = {.limit = CONFIG_FILE_MAX};
	struct identifier identifier;

	text_add(&text, "[Certificate]\nNames=");
	for (int i = 0; i < arguments->count; i++) {
		if (!identifier_parse(arguments->names[i], &identifier, err)) {
			text_clear(&text);
			return NULL;
		}
		text_addf(&text, "%s%s", i ? " " : "", identifier.value);
	}
	text_add(&text, "\n");
	if (arguments->solver)
		text_addf(
			&text, "\n[Challenge]\nSolver=%s\n", arguments->solver);
	return text_take(&text);
}

static void print_lines(const struct strings *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		fprintf(stderr, "%s\n", lines->items[i]);
}

/* What `acmed -t` would say of this file, before it is there. */
static bool check_text(const char *name, const char *path, const char *text)
{
	struct config_files files = {0};
	struct mistakes mistakes = {0};
	struct config_text certificate = {
		.file = path, .bytes = text, .length = strlen(text)};

	config_files_read(&files, NULL);
	struct config *config = config_files_parse(&files, &mistakes);
	config_files_clear(&files);
	if (config)
		mistakes_clear(&mistakes); /* of other certificates */
	bool is_fine = config &&
		config_add_certificate(config, name, &certificate, &mistakes);
	if (is_fine) {
		size_t before = mistakes.list.count;
		config_check(config, &mistakes);
		is_fine = mistakes.list.count == before;
	}
	print_lines(is_fine ? &mistakes.advice : &mistakes.list);
	if (!is_fine)
		ask_fail(EXIT_FAILED, "nothing was written");
	mistakes_clear(&mistakes);
	config_free(config);
	return is_fine;
}

static bool fail_file(
	struct error *err, int number, const char *what, const char *path)
{
	fail_errno(err, number, "cannot %s '%s'", what, path);
	if (number == EACCES && geteuid() != 0)
		error_prefix(err, "this needs root");
	return false;
}

static bool create_file(const char *path, const char *text, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0)
		return fail_file(err, errno, "write", path);
	size_t length = strlen(text);
	bool is_written = write(fd, text, length) == (ssize_t)length &&
		fchmod(fd, 0644) == 0 && fsync(fd) == 0;
	int number = errno;
	close(fd);
	if (is_written)
		return true;
	unlink(path);
	return fail_file(err, number, "write", path);
}

static int follow(const struct arguments *arguments, const char *name)
{
	const char *names[] = {name, NULL};
	struct arguments renew = *arguments;
	int status = reload_after(arguments);

	if (status == EXIT_NO_DAEMON)
		fprintf(stderr, "  it takes the file in when it starts\n");
	if (status)
		return status;
	renew.names = names;
	renew.count = 1;
	renew.is_waiting = true;
	return verb_renew(&renew);
}

int verb_add(const struct arguments *arguments)
{
	struct identifier first;
	struct error err;

	if (!arguments->count)
		return ask_fail(EXIT_USE, "add needs a name or an address");
	if (!identifier_parse(arguments->names[0], &first, &err))
		return ask_fail(EXIT_FAILED, "%s", err.text);
	char *name cleanup(string) = name_of(&first);
	char *path cleanup(string) = certificate_path(name);
	char *text cleanup(string) = write_text(arguments, &err);
	if (!text)
		return ask_fail(EXIT_FAILED, "%s", err.text);
	if (access(path, F_OK) == 0)
		return ask_fail(EXIT_FAILED,
			"'%s' is there already; edit it and run: acmectl "
			"reload",
			path);
	if (!check_text(name, path, text))
		return EXIT_FAILED;
	if (!create_file(path, text, &err))
		return ask_fail(EXIT_FAILED, "%s", err.text);
	ask_say(arguments, "wrote %s", path);
	return follow(arguments, name);
}
