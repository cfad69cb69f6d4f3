/* SPDX-License-Identifier: MIT */
#include "name_look.h"

#include "dns_lookup.h"
#include "mem.h"

#include <arpa/inet.h>
#include <stdio.h>

#define DNS_TYPE_AAAA 28

enum {
	FAMILIES = 2,
};

static const struct {
	int family;
	uint16_t type;
	size_t size;
} FAMILY[FAMILIES] = {
	{AF_INET6, DNS_TYPE_AAAA, 16},
	{AF_INET, DNS_TYPE_A, 4},
};

/* One of the two questions. */
struct half {
	struct name_look *look; /* borrowed */
	struct dns_lookup *lookup; /* NULL: answered */
	struct dns_address addresses[DNS_ADDRESSES / FAMILIES];
	size_t count;
	bool is_missing; /* NXDOMAIN */
	struct error err;
};

struct name_look {
	char *name; /* owned */
	struct half halves[FAMILIES];
	char alias[DNS_NAME_SIZE];
	void (*on_end)(void *data, const struct name_addresses *found);
	void *data; /* borrowed */
};

void name_look_cancel(struct name_look *look)
{
	if (!look)
		return;
	for (size_t i = 0; i < FAMILIES; i++)
		dns_lookup_cancel(look->halves[i].lookup);
	free(look->name);
	free(look);
}

/* A server that fails for one family is no matter when the other one has an
 * address: CAs see it so. */
static void explain(const struct name_look *look, struct error *err)
{
	for (size_t i = 0; i < FAMILIES; i++)
		if (look->halves[i].err.kind != ERROR_NONE) {
			*err = look->halves[i].err;
			error_prefix(err, "the addresses of '%s'", look->name);
			return;
		}
	if (look->halves[0].is_missing || look->halves[1].is_missing)
		fail_cause(err, ERROR_VALIDATION, "H14",
			"'%s' does not exist in DNS (NXDOMAIN%s%s)", look->name,
			*look->alias ? " at the end of its alias " : "",
			look->alias);
	else
		fail_cause(err, ERROR_VALIDATION, "H14",
			"'%s' has no A and no AAAA record", look->name);
}

static void end(struct name_look *look)
{
	struct name_addresses found = {.count = 0};
	void (*on_end)(void *, const struct name_addresses *) = look->on_end;
	void *data = look->data;

	for (size_t i = 0; i < FAMILIES; i++)
		for (size_t j = 0; j < look->halves[i].count; j++)
			found.list[found.count++] =
				look->halves[i].addresses[j];
	snprintf(found.alias, sizeof(found.alias), "%s", look->alias);
	if (found.count == 0)
		explain(look, &found.err);
	name_look_cancel(look);
	on_end(data, &found);
}

static void read_alias(struct name_look *look, struct dns_answer answer)
{
	struct dns_record record;

	while (dns_answer_next(&answer, DNS_TYPE_CNAME, &record))
		dns_answer_target(&answer, &record, look->alias);
}

static void read_addresses(struct half *half, struct dns_answer *answer)
{
	size_t i = (size_t)(half - half->look->halves);
	struct dns_record record;

	while (half->count < DNS_ADDRESSES / FAMILIES &&
		dns_answer_next(answer, FAMILY[i].type, &record)) {
		struct dns_address *address = &half->addresses[half->count];
		if (record.data_length != FAMILY[i].size)
			continue;
		address->family = FAMILY[i].family;
		inet_ntop(address->family, answer->reader.bytes + record.data,
			address->text, sizeof(address->text));
		half->count++;
	}
}

static void on_answer(
	void *data, struct dns_answer *answer, const struct error *err)
{
	struct half *half = data;
	struct name_look *look = half->look;

	half->lookup = NULL;
	if (answer) {
		half->is_missing = answer->code == DNS_NXDOMAIN;
		read_alias(look, *answer);
		read_addresses(half, answer);
	} else {
		half->err = *err;
	}
	if (!look->halves[0].lookup && !look->halves[1].lookup)
		end(look);
}

struct name_look *name_look_start(const struct dns_tools *tools,
	const char *name,
	void (*on_end)(void *data, const struct name_addresses *found),
	void *data)
{
	struct name_look *look = mem_new(sizeof(*look));

	look->name = mem_string(name);
	look->on_end = on_end;
	look->data = data;
	for (size_t i = 0; i < FAMILIES; i++) {
		look->halves[i].look = look;
		look->halves[i].lookup = dns_lookup_start(tools, name,
			FAMILY[i].type, on_answer, &look->halves[i]);
	}
	return look;
}

void name_addresses_of(
	const struct identifier *identifier, struct name_addresses *out)
{
	*out = (struct name_addresses){.count = 1};
	out->list[0].family =
		identifier->address_length == 4 ? AF_INET : AF_INET6;
	snprintf(out->list[0].text, sizeof(out->list[0].text), "%.45s",
		identifier->value);
}

void name_addresses_describe(
	const struct name_addresses *addresses, char *out, size_t size)
{
	size_t length = 0;

	*out = '\0';
	for (size_t i = 0; i < addresses->count && length < size; i++)
		length += (size_t)snprintf(out + length, size - length, "%s%s",
			i ? ", " : "", addresses->list[i].text);
}
