/* SPDX-License-Identifier: MIT */
#include "identifier.h"

#include "text.h"

#include <stdint.h>

/* Names that nobody can own: RFC 2606, 6761, 6762, 7686, 8375, 9476, ICANN's
 * ".internal", and what routers and companies have made up. */
static const char *const PRIVATE_DOMAINS[] = {"alt", "corp", "example", "home",
	"home.arpa", "internal", "intranet", "invalid", "lan", "local",
	"localdomain", "localhost", "mail", "private", "test"};

/* Networks that are reached from nowhere else (RFC 6890). */
static const struct {
	unsigned char prefix[2];
	unsigned char bits;
	unsigned char length; /* of the address */
} PRIVATE_NETWORKS[] = {
	{{0}, 8, 4},
	{{10}, 8, 4},
	{{100, 64}, 10, 4},
	{{127}, 8, 4},
	{{169, 254}, 16, 4},
	{{172, 16}, 12, 4},
	{{192, 168}, 16, 4},
	{{224}, 3, 4},
	{{0}, 8, 16},
	{{0xfc}, 7, 16},
	{{0xfe, 0x80}, 9, 16},
	{{0xff}, 8, 16},
};

static bool is_below(const char *name, const char *domain)
{
	size_t length = strlen(name);
	size_t own = strlen(domain);

	return length > own && name[length - own - 1] == '.' &&
		streq(name + length - own, domain);
}

static bool is_public_name(const char *name)
{
	for (size_t i = 0;
		i < sizeof(PRIVATE_DOMAINS) / sizeof(*PRIVATE_DOMAINS); i++)
		if (is_below(name, PRIVATE_DOMAINS[i]))
			return false;
	return strchr(name, '.') != NULL;
}

static unsigned first_bits(const unsigned char *bytes, unsigned bits)
{
	return (bytes[0] * 256U + bytes[1]) >> (16 - bits);
}

static bool is_public_address(const struct identifier *address)
{
	for (size_t i = 0;
		i < sizeof(PRIVATE_NETWORKS) / sizeof(*PRIVATE_NETWORKS); i++)
		if (address->address_length == PRIVATE_NETWORKS[i].length &&
			first_bits(
				address->address, PRIVATE_NETWORKS[i].bits) ==
				first_bits(PRIVATE_NETWORKS[i].prefix,
					PRIVATE_NETWORKS[i].bits))
			return false;
	return true;
}

bool identifier_is_public(const struct identifier *identifier)
{
	return identifier->type == IDENTIFIER_IP
		? is_public_address(identifier)
		: is_public_name(identifier->value);
}
