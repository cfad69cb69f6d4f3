/* SPDX-License-Identifier: MIT */
#include "tell.h"

#include "ask.h"
#include "config_files.h"
#include "mailer.h"
#include "mem.h"
#include "post.h"
#include "text.h"

#include <unistd.h>

static bool send_mail(const struct config_daemon *settings,
	const struct telling_message *message)
{
	struct error err;

	if (!mailer_address(settings))
		return false;
	if (mailer_send(message->subject, message->text, &err))
		return true;
	ask_fail(EXIT_FAILED, "no mail: %s", err.text);
	return false;
}

static bool send_post(const struct config_daemon *settings, const char *host,
	const struct telling_message *message)
{
	struct error err;

	if (!settings->notify_url_file)
		return false;
	if (post_message(settings, host, message, &err))
		return true;
	ask_fail(EXIT_FAILED, "nothing sent to the URL: %s", err.text);
	return false;
}

/* With a broken acmed.conf there is still the administrator. */
bool tell_people(enum alert_level level, const char *line)
{
	struct mistakes mistakes = {0};
	struct config *config = config_files_load(NULL, NULL, &mistakes);
	const struct config_daemon none = {0};
	const struct config_daemon *settings = config ? &config->daemon : &none;
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	struct telling_message message = {
		.kind = TELLING_NEWS,
		.level = level,
		.subject = text_format("acmed-watch on %.100s: %s", host,
			alert_level_name(level)),
		.text = mem_string(line),
		.causes = json_array(),
	};
	bool is_mailed = send_mail(settings, &message);
	bool is_posted = send_post(settings, host, &message);
	telling_message_clear(&message);
	mistakes_clear(&mistakes);
	config_free(config);
	return is_mailed || is_posted;
}
