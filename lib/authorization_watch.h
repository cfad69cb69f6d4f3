/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The second half of an authorization's steps: the CA is told, and watched
 * until it has decided.
 */

#include "authorization_step.h"

/* The steps, as they stand in the table. */
bool authorization_answer_ask(
	struct authorization *authorization, struct order_task *task);
void authorization_answer_read(
	struct authorization *authorization, const struct result *result);
bool authorization_pause_ask(
	struct authorization *authorization, struct order_task *task);
void authorization_pause_read(
	struct authorization *authorization, const struct result *result);
void authorization_look_read(
	struct authorization *authorization, const struct result *result);
