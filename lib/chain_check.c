/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "crypto_error.h"
#include "timestamp.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

/* Our clock may be behind that of the CA. */
#define CLOCK_SKEW 300

DEFINE_CLEANUP(store_ctx, X509_STORE_CTX, X509_STORE_CTX_free)

static bool check_key(
	X509 *leaf, const struct certificate_wish *wish, struct error *err)
{
	if (!wish->key || X509_check_private_key(leaf, wish->key) == 1)
		return true;
	ERR_clear_error();
	return fail_cause(
		err, ERROR_TRANSIENT, "K6", "certificate is for another key");
}

static bool is_covered(const struct certificate_facts *facts,
	const struct identifier *identifier)
{
	for (size_t i = 0; i < facts->identifier_count; i++)
		if (identifier_covers(&facts->identifiers[i], identifier))
			return true;
	return false;
}

static bool check_names(const struct certificate_facts *facts,
	const struct certificate_wish *wish, struct error *err)
{
	for (size_t i = 0; i < wish->identifier_count; i++)
		if (!is_covered(facts, &wish->identifiers[i]))
			return fail_cause(err, ERROR_TRANSIENT, "K6",
				"certificate does not cover '%s'",
				wish->identifiers[i].value);
	return true;
}

static bool check_dates(const struct certificate_facts *facts,
	const struct certificate_wish *wish, struct error *err)
{
	char after[TIMESTAMP_SIZE];
	char before[TIMESTAMP_SIZE];

	timestamp_format(facts->not_before, before);
	timestamp_format(facts->not_after, after);
	if (facts->not_after < facts->not_before)
		return fail_cause(err, ERROR_TRANSIENT, "K6",
			"certificate ends at %s, before it begins at %s", after,
			before);
	if (facts->not_after <= wish->now)
		return fail_cause(err, ERROR_TRANSIENT, "K6",
			"certificate expired at %s", after);
	if (facts->not_before > wish->now + CLOCK_SKEW)
		return fail_cause(err, ERROR_TRANSIENT, "K6",
			"certificate is not valid before %s", before);
	return true;
}

static bool signs(X509 *issuer, X509 *subject)
{
	bool fits = X509_check_issued(issuer, subject) == X509_V_OK &&
		X509_check_ca(issuer) > 0 &&
		X509_verify(subject, X509_get0_pubkey(issuer)) == 1;

	ERR_clear_error();
	return fits;
}

static bool check_links(STACK_OF(X509) * chain, struct error *err)
{
	for (int i = 1; i < sk_X509_num(chain); i++)
		if (!signs(sk_X509_value(chain, i),
			    sk_X509_value(chain, i - 1)))
			return fail_cause(err, ERROR_TRANSIENT, "P9",
				"certificate %d of the chain did not sign the "
				"one before it",
				i + 1);
	return true;
}

/* A trusted intermediate ends a chain as well as a root does. */
static bool check_root(STACK_OF(X509) * chain,
	const struct certificate_wish *wish, struct error *err)
{
	if (!wish->roots)
		return true;
	cleanup(store_ctx) X509_STORE_CTX *context = X509_STORE_CTX_new();
	if (!context ||
		X509_STORE_CTX_init(context, wish->roots,
			sk_X509_value(chain, 0), chain) != 1 ||
		X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER) !=
			1)
		return fail_crypto(err, ERROR_LOCAL, "cannot check a chain");
	X509_STORE_CTX_set_flags(context, X509_V_FLAG_PARTIAL_CHAIN);
	X509_STORE_CTX_set_time(context, 0, (time_t)wish->now);
	bool trusted = X509_verify_cert(context) == 1;
	ERR_clear_error();
	if (trusted)
		return true;
	return fail_cause(err, ERROR_REFUSED, "P12",
		"certificate chain does not end at a trusted root: %s",
		X509_verify_cert_error_string(
			X509_STORE_CTX_get_error(context)));
}

static bool check_facts(
	X509 *leaf, const struct certificate_wish *wish, struct error *err)
{
	struct certificate_facts facts;

	if (!certificate_read_facts(leaf, &facts, err))
		return false;
	bool good = check_names(&facts, wish, err) &&
		check_dates(&facts, wish, err);
	certificate_facts_clear(&facts);
	return good;
}

bool certificate_check(STACK_OF(X509) * chain,
	const struct certificate_wish *wish, struct error *err)
{
	X509 *leaf = sk_X509_value(chain, 0);

	if (!leaf)
		return fail_cause(err, ERROR_TRANSIENT, "K6",
			"certificate chain is empty");
	return check_key(leaf, wish, err) && check_facts(leaf, wish, err) &&
		check_links(chain, err) && check_root(chain, wish, err);
}
