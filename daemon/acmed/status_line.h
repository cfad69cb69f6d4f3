/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The fleet in one line, for `systemctl status` and `acmectl status`.
 */

#include "fleet.h"

#define STATUS_LINE_SIZE 256

/* "12 certificates, 1 failing; next: example.com in 29d 4h". */
void status_line(const struct fleet *fleet, int64_t now,
	char out[static STATUS_LINE_SIZE]);
