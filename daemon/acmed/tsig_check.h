/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * For `acmed -t`: are the keys of Solver=rfc2136 any, of an algorithm that the
 * vault knows, and of its group? What it will say when it is too late, said
 * before.
 */

#include "config.h"

/* Adds a mistake for each KeyFile=; only root looks at secrets. */
void tsig_check(const struct config *config, struct mistakes *mistakes);
