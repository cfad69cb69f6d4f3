/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What reads one value of the configuration, for the table. Each writes its
 * field only when it succeeds; the text of err goes on behind "'Key=value' ".
 * Lists are appended to.
 */

#include "error.h"

#include <stddef.h>

/* The place of a word in a list; err says what was meant, or may be. */
bool config_value_choose(const char *value, const char *const *words,
	size_t count, size_t *index, struct error *err);

/* bool: yes, no, true, false, on, off, 1, 0 */
bool config_value_boolean(const char *value, void *field, struct error *err);
/* int64_t, 1 to 1000 */
bool config_value_count(const char *value, void *field, struct error *err);
/* int64_t seconds, more than none */
bool config_value_span(const char *value, void *field, struct error *err);
/* int64_t seconds, none to a day */
bool config_value_interval(const char *value, void *field, struct error *err);
/* char *: absolute, without "..", double slashes taken out */
bool config_value_path(const char *value, void *field, struct error *err);
/* char *: a path whose last part is NAME.prom */
bool config_value_metrics_file(
	const char *value, void *field, struct error *err);
/* Where systemd has put the credentials of this service, or NULL. */
const char *config_credentials(void);
/* char *: a path; "credential:NAME" becomes one, but for who has none */
bool config_value_file(const char *value, void *field, struct error *err);
/* char *: https://HOST... */
bool config_value_url(const char *value, void *field, struct error *err);
/* char *: http, https, socks5 or socks5h */
bool config_value_proxy(const char *value, void *field, struct error *err);
/* char *: an IP address */
bool config_value_address(const char *value, void *field, struct error *err);
/* enum config_rehearse */
bool config_value_rehearse(const char *value, void *field, struct error *err);
/* enum config_sandbox */
bool config_value_sandbox(const char *value, void *field, struct error *err);
/* struct config_daemon: ADDRESS or ADDRESS:PORT */
bool config_value_resolver(const char *value, void *field, struct error *err);
/* char *: printable ASCII without blanks, at most 255 bytes */
bool config_value_word(const char *value, void *field, struct error *err);
/* char *: printable, blanks too, at most 255 bytes */
bool config_value_line(const char *value, void *field, struct error *err);
/* struct limits: KIND:NUMBER/TIME */
bool config_value_limit(const char *value, void *field, struct error *err);

/* char *: USER or USER@HOST as mail programs take it, or "no" */
bool config_value_mailbox(const char *value, void *field, struct error *err);

/* struct strings: "mailto:" is put before it */
bool config_value_contact(const char *value, void *field, struct error *err);
/* enum key_type */
bool config_value_key(const char *value, void *field, struct error *err);
/* struct config_ca: the same, or the URI of a key in a token */
bool config_value_account_key(
	const char *value, void *field, struct error *err);
/* bool: no, after-half-slack */
bool config_value_dead_names(const char *value, void *field, struct error *err);
/* struct config_certificate */
bool config_value_ca(const char *value, void *field, struct error *err);
bool config_value_keys(const char *value, void *field, struct error *err);
bool config_value_identifier(const char *value, void *field, struct error *err);
bool config_value_window(const char *value, void *field, struct error *err);
/* enum challenge_type, enum config_solver */
bool config_value_type(const char *value, void *field, struct error *err);
bool config_value_solver(const char *value, void *field, struct error *err);
/* struct config_challenge: HOST or HOST:PORT */
bool config_value_server(const char *value, void *field, struct error *err);
/* char *: a name of DNS in lower case, without a final dot */
bool config_value_zone(const char *value, void *field, struct error *err);
/* struct strings: such a name */
bool config_value_domain(const char *value, void *field, struct error *err);
/* int64_t seconds: a second to a day */
bool config_value_ttl(const char *value, void *field, struct error *err);
/* int64_t seconds: a second to an hour */
bool config_value_timeout(const char *value, void *field, struct error *err);
/* enum config_protocol */
bool config_value_protocol(const char *value, void *field, struct error *err);
/* struct strings: PORT, ADDRESS:PORT or /path, cut at blanks */
bool config_value_listen(const char *value, void *field, struct error *err);

/* struct strings: ".service" is put behind a name without suffix */
bool config_value_reload_unit(
	const char *value, void *field, struct error *err);
bool config_value_restart_unit(
	const char *value, void *field, struct error *err);
/* struct strings: the words of a command, quotes taken off */
bool config_value_command(const char *value, void *field, struct error *err);
/* struct config_deploy */
bool config_value_signal(const char *value, void *field, struct error *err);
bool config_value_hook(const char *value, void *field, struct error *err);
bool config_value_verify(const char *value, void *field, struct error *err);

/* enum config_export_format */
bool config_value_format(const char *value, void *field, struct error *err);
/* char *: a user or group, by name or number */
bool config_value_owner(const char *value, void *field, struct error *err);
/* unsigned: octal, no access for others but reading */
bool config_value_mode(const char *value, void *field, struct error *err);
