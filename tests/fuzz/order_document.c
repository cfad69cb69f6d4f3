/* SPDX-License-Identifier: MIT */

/*
 * What a CA says an order is (RFC 8555 section 7.1.3).
 */

#include "order_document.h"

#include "replies.h"

static void check(const struct order_document *document)
{
	fuzz_check(document->status >= ORDER_PENDING);
	fuzz_check(document->status <= ORDER_INVALID);
	for (size_t i = 0; i < document->authorization_count; i++)
		fuzz_check(url_is_https(document->authorizations[i]));
	if (document->finalize)
		fuzz_check(url_is_https(document->finalize));
	if (document->certificate) {
		fuzz_check(document->status == ORDER_VALID);
		fuzz_check(url_is_https(document->certificate));
	}
	if (document->status == ORDER_INVALID)
		fuzz_check_error(&document->error);
	order_document_is_expired(document, FUZZ_NOW);
}

/* It is for its own identifiers, and not for one more. */
static void check_identifiers(const struct order_document *document)
{
	struct order_plan plan = {.identifiers = document->identifiers,
		.identifier_count = document->identifier_count};

	fuzz_check(order_document_is_for(document, &plan));
	if (!plan.identifier_count)
		return;
	plan.identifier_count--;
	order_document_is_for(document, &plan);
}

/* Each reply takes the place of the one before; a bad one leaves that. */
void fuzz_order_document(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};
	struct order_document document = {0};
	bool is_read = false;

	do {
		struct fuzz_reply reply;
		struct error err = {0};
		fuzz_reply_take(&reply, &parts);
		if (order_document_read(&reply.reply, &document, &err))
			is_read = true;
		else
			fuzz_check_error(&err);
		fuzz_reply_clear(&reply);
		if (!is_read)
			continue;
		check(&document);
		check_identifiers(&document);
	} while (parts.left);
	order_document_clear(&document);
}
