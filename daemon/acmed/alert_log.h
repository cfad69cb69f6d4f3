/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the journal has of troubles. Part of `alert`.
 */

#include "event.h"
#include "telling.h"

/* "NAME/path" is of the certificate NAME; "" is of the machine. */
#define ALERT_NAME_SIZE 256
void alert_certificate(const char *subject, char out[static ALERT_NAME_SIZE]);

void alert_log_trouble(
	struct events *events, const struct alert_trouble *trouble);
void alert_log_end(struct events *events, const struct alert_trouble *trouble);
/* `channels` took it; "" for none. */
void alert_log_message(struct events *events, const char *channels,
	const struct telling_message *message);
