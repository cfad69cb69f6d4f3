/* SPDX-License-Identifier: MIT */

/*
 * One certificate in DER, of a CA or as a server shows it: its facts can be
 * shown, and travel between the programs without a loss.
 */

#include "certificate.h"

#include "fuzz.h"
#include "text.h"
#include "tls_alpn.h"

#include <openssl/err.h>
#include <string.h>

static void check_travel(const struct certificate_facts *facts)
{
	struct certificate_facts other = {0};
	cleanup(json) json_t *object = certificate_facts_to_json(facts);

	fuzz_check(object != NULL);
	fuzz_check(certificate_facts_from_json(object, &other, NULL));
	fuzz_check(other.not_before == facts->not_before);
	fuzz_check(other.not_after == facts->not_after);
	fuzz_check(streq(other.issuer, facts->issuer));
	fuzz_check(streq(other.ari_id, facts->ari_id));
	fuzz_check(
		identifier_same_set(other.identifiers, other.identifier_count,
			facts->identifiers, facts->identifier_count));
	certificate_facts_clear(&other);
}

static void check(X509 *certificate)
{
	struct certificate_facts facts = {0};
	struct error err = {0};

	if (certificate_read_facts(certificate, &facts, &err)) {
		fuzz_check_text(facts.issuer);
		fuzz_check(text_is_visible(facts.serial));
		certificate_lifetime(&facts);
		certificate_is_placeholder(&facts);
		check_travel(&facts);
	} else {
		fuzz_check_error(&err);
		fuzz_check(!facts.identifiers);
	}
	certificate_facts_clear(&facts);
}

static void look(X509 *certificate)
{
	char missing[CERTIFICATE_NAME_SIZE] = "";
	STACK_OF(X509) *shown = sk_X509_new_null();

	sk_X509_push(shown, certificate);
	if (!certificate_chain_ends(shown, "CN=Root", NULL, missing))
		fuzz_check_text(missing);
	sk_X509_free(shown);
	if (tls_alpn_answers(certificate, "token.thumb"))
		fuzz_check(tls_alpn_is_answer(certificate));
}

void fuzz_certificate(const uint8_t *bytes, size_t length)
{
	cleanup(x509) X509 *certificate = d2i_X509(NULL, &bytes, (long)length);

	if (certificate) {
		check(certificate);
		look(certificate);
	}
	ERR_clear_error();
}
