/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "text.h"

#include <openssl/err.h>

static X509 *find_issuer(STACK_OF(X509) * chain, X509 *subject)
{
	for (int i = 0; i < sk_X509_num(chain); i++) {
		X509 *one = sk_X509_value(chain, i);
		if (one != subject &&
			X509_check_issued(one, subject) == X509_V_OK)
			return one;
	}
	return NULL;
}

static bool is_root(X509 *certificate)
{
	struct error err;
	bool itself;

	return certificate_issues_itself(certificate, &itself, &err) && itself;
}

/* Where the way from the leaf ends; a chain that runs in circles ends too. A
 * root that was rolled over could stand above its own older one. */
static X509 *find_top(STACK_OF(X509) * chain)
{
	X509 *top = sk_X509_value(chain, 0);
	X509 *issuer;

	for (int i = 0; i < sk_X509_num(chain) && !is_root(top); i++) {
		issuer = find_issuer(chain, top);
		if (!issuer)
			break;
		top = issuer;
	}
	return top;
}

static bool has_issuer(X509_STORE *roots, X509 *subject)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	cleanup(x509) X509 *issuer = NULL;
	bool is_there = context &&
		X509_STORE_CTX_init(context, roots, subject, NULL) == 1 &&
		X509_STORE_CTX_get1_issuer(&issuer, context, subject) == 1;

	X509_STORE_CTX_free(context);
	ERR_clear_error();
	return is_there;
}

bool certificate_chain_ends(STACK_OF(X509) * shown, const char *anchor,
	X509_STORE *roots, char missing[CERTIFICATE_NAME_SIZE])
{
	X509 *top = find_top(shown);
	struct error err;
	bool is_root;

	if (!certificate_read_issuer(top, missing, &err) ||
		!certificate_issues_itself(top, &is_root, &err))
		return false;
	return streq(missing, anchor) || is_root ||
		(roots && has_issuer(roots, top));
}

bool certificate_read_chain(STACK_OF(X509) * chain,
	struct certificate_facts *out, struct error *err)
{
	if (!certificate_read_facts(sk_X509_value(chain, 0), out, err))
		return false;
	if (certificate_read_issuer(find_top(chain), out->anchor, err))
		return true;
	certificate_facts_clear(out);
	return false;
}
