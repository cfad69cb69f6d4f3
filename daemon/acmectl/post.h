/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A message to the URL of NotifyURLFile=, sent at once and waited for.
 */

#include "config.h"
#include "telling.h"

/* `host` is the name of this machine. False with err, which never has the
 * URL in it. */
bool post_message(const struct config_daemon *settings, const char *host,
	const struct telling_message *message, struct error *err);
