/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What all deployments share. Nobody but deploy includes this.
 */

#include "deploy.h"
#include "reloads.h"

struct deployer {
	struct ev_loop *loop; /* borrowed */
	struct verify *verify; /* owned */
	struct reloads *reloads; /* owned */
	double patience;
};
