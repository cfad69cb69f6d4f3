/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Mail to the administrator, by way of acmed-notify (verbs.h, NOTIFY): whom
 * it goes to, the request, and for who may wait the whole conversation. The
 * loop has its own (daemon/acmed/errand).
 */

#include "config.h"
#include "error.h"

#include <jansson.h>

#define MAILER_PROGRAM "/usr/sbin/sendmail"
#define MAILER_SUBJECT_MAX 200 /* bytes */
#define MAILER_TEXT_MAX 16384
#define MAILER_DEADLINE 60.0 /* seconds for the whole of it */

/* Whom NotifyMail= names: root by default where there is a sendmail; NULL:
 * nobody is to get mail. */
const char *mailer_address(const struct config_daemon *settings);

/* A request without its id. */
json_t *mailer_request(const char *subject, const char *text);

/* Connects to acmed-notify, asks it, and waits for the answer. False with
 * err when no mail went out. */
bool mailer_send(const char *subject, const char *text, struct error *err);
