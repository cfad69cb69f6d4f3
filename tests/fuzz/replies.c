/* SPDX-License-Identifier: MIT */
#include "replies.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>

/* As acme_reply has it (its own harness is `headers`). */
static double sane_wait(double wait)
{
	return wait >= 1 && wait <= 604800 ? wait : 0;
}

void fuzz_reply_take(struct fuzz_reply *out, struct fuzz_parts *parts)
{
	size_t length;
	double wait = 0;

	*out = (struct fuzz_reply){.bytes = fuzz_part(parts, &length)};
	char *body = memchr(out->bytes, '\n', length);
	if (body)
		*body++ = '\0';
	sscanf(out->bytes, "%3ld %63s %255s %lf", &out->reply.status, out->type,
		out->location, &wait);
	out->reply.content_type = out->type;
	if (url_is_https(out->location))
		out->reply.location = out->location;
	out->reply.retry_after = sane_wait(wait);
	out->reply.body = body ? body : "";
	out->reply.length = body ? length - (size_t)(body - out->bytes) : 0;
}

void fuzz_reply_clear(struct fuzz_reply *reply)
{
	free(reply->bytes);
	*reply = (struct fuzz_reply){0};
}

static const struct directory known = {
	.url = (char[]){"https://ca.example/directory"},
	.new_nonce = (char[]){"https://ca.example/new-nonce"},
	.new_account = (char[]){"https://ca.example/new-account"},
	.new_order = (char[]){"https://ca.example/new-order"},
	.revoke_cert = (char[]){"https://ca.example/revoke"},
	.key_change = (char[]){"https://ca.example/key-change"},
	.renewal_info = (char[]){"https://ca.example/renewal-info"},
};

const struct directory *fuzz_directory_known(void)
{
	return &known;
}
