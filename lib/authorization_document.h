/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the CA says an authorization is (RFC 8555 section 7.1.4).
 */

#include "order.h"

enum verdict {
	VERDICT_PENDING,
	VERDICT_VALID,
	VERDICT_DEAD, /* invalid, expired, revoked, deactivated, unknown */
};

enum verdict authorization_document_verdict(const json_t *object);

/* Which identifier of the plan is it for? An error when for none. */
bool authorization_document_find(const json_t *object,
	const struct order_plan *plan, size_t *index, struct error *err);

/* Why a dead one is dead: the words of the challenge of this type (Z15). */
void authorization_document_error(
	const json_t *object, enum challenge_type type, struct error *err);
