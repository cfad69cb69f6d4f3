/* SPDX-License-Identifier: MIT */
#include "record_look.h"

#include "dns_alias.h"
#include "dns_lookup.h"
#include "dns_spread.h"
#include "dns_update.h"
#include "mem.h"

#define PATIENCE 120. /* seconds */

struct record_look {
	struct record_look_wish wish;
	char *record; /* owned; where the alias leads, later */
	char *value; /* owned */
	char zone[DNS_NAME_SIZE];
	struct dns_alias *alias; /* what is under way, or NULL */
	struct dns_lookup *lookup;
	struct dns_spread *spread;
};

void record_look_cancel(struct record_look *look)
{
	if (!look)
		return;
	dns_alias_cancel(look->alias);
	dns_lookup_cancel(look->lookup);
	dns_spread_cancel(look->spread);
	free(look->record);
	free(look->value);
	free(look);
}

static void end(struct record_look *look)
{
	struct record_look_wish wish = look->wish;

	record_look_cancel(look);
	wish.on_end(wish.data);
}

/* Spread. */

static void on_wait(void *data, const struct error *err)
{
	const struct record_look *look = data;

	look->wish.on_wait(look->wish.data, err);
}

static void on_spread(void *data, const struct error *err)
{
	struct record_look *look = data;

	(void)err;
	look->spread = NULL;
	end(look);
}

static void spread(struct record_look *look)
{
	look->spread = dns_spread_start(&(struct dns_spread_wish){
		.tools = look->wish.tools,
		.zone = look->zone,
		.record = look->record,
		.value = look->value,
		.patience = PATIENCE,
		.on_wait = on_wait,
		.on_end = on_spread,
		.data = look,
	});
}

/* Zone. */

static void on_zone(
	void *data, struct dns_answer *answer, const struct error *err)
{
	struct record_look *look = data;

	look->lookup = NULL;
	if (!err &&
		dns_update_read_zone(answer->reader.bytes,
			answer->reader.length, answer->id, look->record,
			look->zone, NULL))
		spread(look);
	else
		end(look);
}

/* Alias. */

static void on_alias(
	void *data, const struct dns_alias_end *found, const struct error *err)
{
	struct record_look *look = data;

	look->alias = NULL;
	if (err) {
		end(look);
		return;
	}
	free(look->record);
	look->record = mem_string(found->name);
	look->lookup = dns_lookup_start(
		look->wish.tools, look->record, DNS_TYPE_SOA, on_zone, look);
}

struct record_look *record_look_start(const struct record_look_wish *wish)
{
	struct record_look *look = mem_new(sizeof(*look));

	look->wish = *wish;
	look->record = mem_string(wish->record);
	look->value = mem_string(wish->value);
	look->alias =
		dns_alias_start(wish->tools, look->record, on_alias, look);
	return look;
}
