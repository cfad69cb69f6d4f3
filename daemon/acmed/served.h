/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the endpoints of a certificate serve, judged: which of them are
 * known, which have to be looked at again, and what to say of the one that
 * is at fault. No input or output.
 *
 * An endpoint of Verify=auto is known once it has served a certificate for
 * our names that is no placeholder; those of a list always are. Only known
 * ones can fail. An address that does not answer is none as long as another
 * one of the same endpoint does; one that serves another certificate is a
 * forgotten node.
 */

#include "config.h"
#include "verify.h"

struct served;

/* `known` are the labels of those known before, or NULL. Never NULL. */
struct served *served_new(
	const struct config_certificate *certificate, const json_t *known);
void served_free(struct served *served);

/* Endpoints to look at (again), borrowed until the next call. */
const struct config_endpoint *served_open(struct served *served, size_t *count);

/* Takes in what was seen of the endpoints of the last served_open(). */
void served_note(
	struct served *served, const struct verify_seen *seen, size_t count);

/* Is there one that another look could still change? */
bool served_is_open(const struct served *served);

bool served_has_known(const struct served *served);

/* False when a known endpoint does not serve the wanted certificate: P8, L14
 * when it is a newer one that acmed knows nothing of, P4 when some handshakes saw it, P9 when it came without its issuer. `reloaded`
 * names what was reloaded, or ""; `wanted` is its serial. */
bool served_check(const struct served *served, const char *reloaded,
	const char *wanted, struct error *err);

/* Does a known endpoint show another certificate, so that a reload could
 * help? */
bool served_is_stale(const struct served *served);

/* Does a known endpoint show another one for our names, by every handshake:
 * that of a server that has not read the new one yet, maybe? */
bool served_is_older(const struct served *served);

/* Labels of the known ones: ["host:port"...], a new reference. */
json_t *served_known(const struct served *served);
