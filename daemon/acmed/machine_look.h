/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Can this machine do what a renewal needs: does the vault's disk take a file,
 * and are there descriptors and a folder of our own?
 *
 * The callbacks come from the loop and never from inside a call of this
 * header; after on_end the look is gone.
 */

#include "finding.h"
#include "helper.h"

#include <ev.h>

struct machine_look;

struct machine_look_wish {
	struct ev_loop *loop; /* borrowed, as is the vault */
	struct helper *vault; /* NULL: its disk is not tried */
	struct finding_listener listener;
};

/* Never NULL. */
struct machine_look *machine_look_start(const struct machine_look_wish *wish);
void machine_look_cancel(struct machine_look *look); /* NULL is fine */
