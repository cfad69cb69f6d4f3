/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Doors by which requests for answers come in: what Listen= names, or sockets
 * that were handed over. A door is open while somebody needs it, once for all
 * who do.
 */

#include "config.h"
#include "reception.h"

struct doors;
struct door;

enum door_kind {
	DOOR_TCP,
	DOOR_UNIX,
};

/* Several doors for one publication. Zeroed is empty. */
struct door_set {
	struct door **items; /* owned list of borrowed doors */
	size_t count;
};

/* They lead to the reception, borrowed. Never NULL. */
struct doors *doors_new(struct reception *reception);
/* All sets are closed before. */
void doors_free(struct doors *doors);

/* A socket that listens; open from now on. */
void doors_adopt(struct doors *doors, int fd);
bool doors_have_adopted(const struct doors *doors, enum door_kind kind);

/* Opens all of `listen`, or `otherwise` when it is empty: PORT (both
 * families, either may be absent), ADDRESS:PORT, [ADDRESS]:PORT or /PATH.
 * On failure none is open: REFUSED with H2 for a taken port, naming who holds
 * it, LOCAL with H3 for one that we may not bind. */
bool door_set_open(struct door_set *set, struct doors *doors,
	const struct strings *listen, const char *otherwise, struct error *err);
void door_set_close(struct door_set *set);
