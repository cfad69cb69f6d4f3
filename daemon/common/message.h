/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the programs say to each other: one JSON object a packet of a
 * SOCK_SEQPACKET Unix socket, never empty, at most MESSAGE_MAX bytes.
 *
 *   request  {"id": 7, "verb": "sign", ...}
 *   reply    {"id": 7, ...}  or  {"id": 7, "error": {"kind": "local",
 *            "code": "L1", "text": "...", "retry_after": 0}}
 *
 * Both sides treat the other as hostile: size, depth and types are checked.
 * This file does the blocking side, for helpers; the loop has its own queue
 * (daemon/acmed/helper).
 */

#include "error.h"

#include <jansson.h>

#define MESSAGE_MAX (128 * 1024)

/* Sends one value; the reference stays the caller's. Blocks, EINTR-safe. */
bool message_send(int socket, const json_t *value, struct error *err);

/* Waits for one message. NULL with err; at end of file err->kind is
 * ERROR_NONE. A packet that was cut is an error. */
json_t *message_receive(int socket, struct error *err);

/* Packs and unpacks without a socket (for the loop and for tests). The bytes
 * are owned by the caller. */
char *message_encode(const json_t *value, size_t *length, struct error *err);
json_t *message_decode(const char *bytes, size_t length, struct error *err);

/* {"error": {...}} from err, with the id of the request. */
json_t *message_error(const json_t *request, const struct error *err);

/* Does a reply carry an error? Then it is read into err. */
bool message_is_error(const json_t *reply, struct error *err);
