/* SPDX-License-Identifier: MIT */
#include "mail.h"

#include "config_files.h"
#include "json.h"
#include "letter.h"
#include "mailer.h"
#include "mem.h"
#include "message.h"
#include "program.h"

#include <stdio.h>

#define LETTER_MAX (64 * 1024)
#define CHANNEL_FAILS "M7"

static const char *const ENVIRONMENT[] = {
	"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/",
	"LANG=C.UTF-8",
	NULL,
};

/* Only [Daemon] matters: a mistake in a certificate stops no mail, and one in
 * acmed.conf is what the mail may be about. */
static char *find_address(const char *main_file, struct error *err)
{
	static const struct config_daemon DEFAULTS = {0};
	struct mistakes mistakes = {0};
	struct config *config = config_files_load(main_file, "-", &mistakes);
	const char *address =
		mailer_address(config ? &config->daemon : &DEFAULTS);
	char *copy = mem_string(address);

	if (!copy)
		fail_cause(err, ERROR_REFUSED, CHANNEL_FAILS,
			config ? "mail is off: set NotifyMail=, or install a "
				 "sendmail"
			       : "acmed.conf has a mistake, and there is no "
				 "sendmail");
	config_free(config);
	mistakes_clear(&mistakes);
	return copy;
}

static bool hand_over(
	const char *address, const struct text *letter, struct error *err)
{
	char program[] = MAILER_PROGRAM;
	char ignore_dots[] = "-oi";
	char *to = (char *)address;
	char *const words[] = {program, ignore_dots, to, NULL};
	const struct program_wish wish = {
		.words = words,
		.environment = (char *const *)ENVIRONMENT,
		.deadline = MAILER_DEADLINE - 5.,
		.input = letter->data,
	};

	if (program_run(&wish, err))
		return true;
	snprintf(err->code, sizeof(err->code), CHANNEL_FAILS);
	return false;
}

static bool send_letter(
	const char *address, const json_t *request, struct error *err)
{
	const char *subject = member_string(request, "subject", err);
	const char *text = subject ? member_string(request, "text", err) : NULL;
	struct text letter cleanup_text_value = {.limit = LETTER_MAX};

	if (!text)
		return false;
	if (!*subject || strlen(subject) > MAILER_SUBJECT_MAX ||
		strlen(text) > MAILER_TEXT_MAX)
		return fail(err, ERROR_REFUSED,
			"a message has a subject of at most %d bytes and a "
			"text of %d",
			MAILER_SUBJECT_MAX, MAILER_TEXT_MAX);
	letter_write(&letter, address, subject, text);
	if (letter.failed)
		return fail_memory(err);
	return hand_over(address, &letter, err);
}

json_t *mail_answer(const char *main_file, const json_t *request)
{
	struct error err = {0};
	cleanup(string) char *address = find_address(main_file, &err);

	if (!address || !send_letter(address, request, &err))
		return message_error(request, &err);
	return json_pack("{s:O*, s:s}", "id", json_object_get(request, "id"),
		"to", address);
}
