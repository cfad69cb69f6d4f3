/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the verbs share: a whole call with its replies shown, failures on
 * standard error, the exit status that fits.
 */

#include "verbs.h"

#include <jansson.h>

/* Calls the daemon and hands every reply to on_reply (may be NULL; prints
 * the JSON instead when is_json is set). Takes the parameters. */
int ask(const struct arguments *arguments, const char *method,
	json_t *parameters, bool is_more,
	void (*on_reply)(void *data, const json_t *reply), void *data);

/* A line for an event, and nothing for a reply without one. */
void ask_show_event(void *data, const json_t *reply);

/* A reply as it is, in one line. */
void ask_print_json(const json_t *reply);

/* "acmectl: TEXT" on standard error; returns `status`. */
int ask_fail(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A line for people only, none with --json. */
void ask_say(const struct arguments *arguments, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
