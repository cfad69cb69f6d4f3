/* SPDX-License-Identifier: MIT */
#include "offer.h"

#include "text.h"

/* With its length before it (RFC 7301 section 3.1). */
bool offer_protocol(SSL *ssl, const char *protocol)
{
	unsigned char offer[32];
	size_t length = strlen(protocol);

	if (length >= sizeof(offer))
		return false;
	offer[0] = (unsigned char)length;
	memcpy(offer + 1, protocol, length);
	return SSL_set_alpn_protos(ssl, offer, (unsigned)length + 1) == 0;
}

bool offer_key(SSL *ssl, const char *type)
{
	static const char RSA[] = "RSA-PSS+SHA256:RSA-PSS+SHA384:"
				  "RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:"
				  "RSA+SHA512";
	static const char OTHERS[] = "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:"
				     "ed25519";

	return SSL_set1_sigalgs_list(
		ssl, text_starts_with(type, "rsa") ? RSA : OTHERS);
}
