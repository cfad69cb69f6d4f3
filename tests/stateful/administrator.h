/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What people do in the play.
 */

/* One deed: what, and to which certificate. */
void administrate(unsigned deed, unsigned site);

/* Nobody has spoilt anything: every file is as it should be, nothing is on
 * hold. */
void administrator_goes(void);
