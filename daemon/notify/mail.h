/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One errand of acmed-notify (verbs.h, NOTIFY): a message goes to whom the
 * configuration names, by the machine's own sendmail, without a shell.
 */

#include <jansson.h>

/* The reply to a request, an error or what was done; never NULL. `main_file`
 * is -c FILE, or NULL. */
json_t *mail_answer(const char *main_file, const json_t *request);
