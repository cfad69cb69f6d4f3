/* SPDX-License-Identifier: MIT */
#include "alpn_answer.h"

#include "key.h"
#include "mem.h"
#include "tls_alpn.h"

#include <time.h>

struct alpn_answer *alpn_answer_new(
	const struct challenge *challenge, struct error *err)
{
	struct alpn_answer *answer = mem_new(sizeof(*answer));

	tls_alpn_server_name(&challenge->identifier, answer->server_name);
	answer->key = key_generate(KEY_ECDSA_P256, err);
	if (answer->key)
		answer->certificate = tls_alpn_certificate(answer->key,
			&challenge->identifier, challenge->answer, time(NULL),
			err);
	if (answer->certificate)
		return answer;
	alpn_answer_free(answer);
	return NULL;
}

void alpn_answer_free(struct alpn_answer *answer)
{
	if (!answer)
		return;
	X509_free(answer->certificate);
	EVP_PKEY_free(answer->key);
	free(answer);
}
