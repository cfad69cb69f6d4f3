/* SPDX-License-Identifier: MIT */
#include "ask.h"

#include "client.h"
#include "diagnosis.h"
#include "json.h"
#include "mem.h"
#include "port_process.h"
#include "text.h"

#include <stdarg.h>
#include <stdio.h>

int ask_fail(int status, const char *format, ...)
{
	va_list arguments;

	fputs("acmectl: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return status;
}

void ask_say(const struct arguments *arguments, const char *format, ...)
{
	va_list list;

	if (arguments->is_json)
		return;
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
	fflush(stdout);
}

void ask_print_json(const json_t *reply)
{
	char *text cleanup(string) = json_write(reply);

	if (text)
		puts(text);
	fflush(stdout);
}

/* Below what happened; nothing where no cause is known. */
static void show_cause(const json_t *event)
{
	const char *remedy = member_string_or(event, "remedy", NULL);

	if (remedy)
		printf("  %s: %s. %s\n", member_string_or(event, "code", ""),
			member_string_or(event, "cause", ""), remedy);
}

void ask_show_event(void *data, const json_t *reply)
{
	const json_t *event = json_object_get(reply, "event");
	const char *name = member_string_or(event, "certificate", NULL);

	(void)data;
	if (!event)
		return;
	printf("%s  %s%s%s\n", member_string_or(event, "time", ""),
		name ? name : "", name ? ": " : "",
		member_string_or(event, "text", ""));
	show_cause(event);
	fflush(stdout);
}

/* Those that say that another program answers on a port. */
static bool is_about_port(const char *code)
{
	return streq(code, "H2") || streq(code, "T1") || streq(code, "T2") ||
		streq(code, "T4");
}

/* What to do about a cause stands below it. */
static int fail_with(const struct error *err)
{
	const struct diagnosis *cause = diagnosis_find(err->code);
	uint16_t port = strstr(err->text, "port 443 ") ? 443 : 80;
	char process[128];

	ask_fail(EXIT_FAILED, "%s", err->text);
	if (is_about_port(err->code) &&
		port_process_name(port, process, sizeof(process)))
		fprintf(stderr, "  port %u is held by %s\n", port, process);
	if (cause)
		fprintf(stderr, "  %s: %s\n", cause->code, cause->remedy);
	return EXIT_FAILED;
}

static int take_replies(struct client *client, bool is_json,
	void (*on_reply)(void *data, const json_t *reply), void *data)
{
	struct error err;

	for (;;) {
		json_t *reply cleanup(json) = NULL;
		enum client_reply kind = client_next(client, &reply, &err);
		if (kind == CLIENT_BROKEN)
			return ask_fail(EXIT_FAILED, "%s", err.text);
		if (is_json && reply)
			ask_print_json(reply);
		if (kind == CLIENT_FAILED)
			return is_json ? EXIT_FAILED : fail_with(&err);
		if (!is_json && on_reply)
			on_reply(data, reply);
		if (kind == CLIENT_LAST)
			return EXIT_DONE;
	}
}

int ask(const struct arguments *arguments, const char *method,
	json_t *parameters, bool is_more,
	void (*on_reply)(void *data, const json_t *reply), void *data)
{
	struct error err;
	struct client *client = client_new(&err);
	int status = EXIT_NO_DAEMON;

	if (!client) {
		json_decref(parameters);
		return ask_fail(EXIT_NO_DAEMON,
			"%s; start it with: systemctl enable --now acmed",
			err.text);
	}
	if (client_call(client, method, parameters, is_more, &err))
		status = take_replies(
			client, arguments->is_json, on_reply, data);
	else
		ask_fail(status, "%s", err.text);
	client_free(client);
	return status;
}
