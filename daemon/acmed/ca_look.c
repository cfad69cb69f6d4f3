/* SPDX-License-Identifier: MIT */
#include "ca_look.h"

#include "acme_reply.h"
#include "ca_settings.h"
#include "clock.h"
#include "ipv6_look.h"
#include "mem.h"
#include "server_date.h"

#include <time.h>

#define CHECK "ca"
#define CLOCK_CHECK "clock"
#define IPV6_CHECK "ipv6"

struct ca_look {
	struct ca_look_wish wish;
	struct ca_settings settings;
	double asked; /* seconds */
	struct http_transfer *transfer; /* NULL: over */
	struct ipv6_look *ipv6; /* under way, or NULL */
	struct directory *directory; /* owned, or NULL */
};

void ca_look_cancel(struct ca_look *look)
{
	if (!look)
		return;
	if (look->transfer)
		http_cancel(look->transfer);
	ipv6_look_cancel(look->ipv6);
	directory_free(look->directory);
	ca_settings_clear(&look->settings);
	free(look);
}

static void end(struct ca_look *look)
{
	struct ca_look_wish wish = look->wish;
	cleanup(json) json_t *issuers =
		ca_settings_issuers(&look->settings, look->directory);

	ca_look_cancel(look);
	wish.on_end(wish.data, issuers);
}

static struct finding_listener listener_of(const struct ca_look *look)
{
	return (struct finding_listener){
		.on_finding = look->wish.on_finding,
		.data = look->wish.data,
	};
}

static void tell_bad(
	const struct ca_look *look, const char *check, const struct error *err)
{
	const struct finding_listener listener = listener_of(look);

	finding_error(&listener, check, look->settings.name, FINDING_BAD, err);
}

static void judge_clock(
	const struct ca_look *look, const struct http_reply *reply)
{
	const struct finding_listener listener = listener_of(look);
	double now = clock_seconds();
	struct server_date date;
	struct error err;

	server_date_read(&date, http_reply_header(reply, "date"),
		http_reply_header(reply, "age"), look->asked, now);
	if (!server_date_agrees(&date, time(NULL), now, &err))
		tell_bad(look, CLOCK_CHECK, &err);
	else if (date.date)
		finding_good(&listener, CLOCK_CHECK, look->settings.name,
			"the CA's clock agrees with ours");
}

static void on_ipv6(void *data, enum ipv6_state state, const struct error *err)
{
	struct ca_look *look = data;
	const struct finding_listener listener = listener_of(look);

	look->ipv6 = NULL;
	if (state == IPV6_BROKEN)
		tell_bad(look, IPV6_CHECK, err);
	else
		finding_good(&listener, IPV6_CHECK, look->settings.name, "%s",
			state == IPV6_WORKS
				? "the CA is there over IPv6 too"
				: "there is no IPv6 between here and the CA");
	end(look);
}

/* A way that is set is not ours to look at. */
static void look_at_ipv6(struct ca_look *look)
{
	if (!look->wish.dns || look->settings.proxy ||
		look->settings.source_address) {
		end(look);
		return;
	}
	look->ipv6 = ipv6_look_start(&(struct ipv6_look_wish){
		.loop = look->wish.loop,
		.dns = look->wish.dns,
		.url = look->settings.directory,
		.on_end = on_ipv6,
		.data = look,
	});
}

static void on_reply(
	void *data, const struct http_reply *reply, const struct error *err)
{
	struct ca_look *look = data;
	const struct finding_listener listener = listener_of(look);
	struct acme_reply acme;
	struct error failed;

	look->transfer = NULL;
	if (err) {
		tell_bad(look, CHECK, err);
		end(look);
		return;
	}
	judge_clock(look, reply);
	acme_reply_read(&acme, reply, time(NULL));
	look->directory =
		directory_parse(look->settings.directory, &acme.reply, &failed);
	acme_reply_clear(&acme);
	if (!look->directory) {
		tell_bad(look, CHECK, &failed);
		end(look);
		return;
	}
	finding_good(&listener, CHECK, look->settings.name, "'%s' answers",
		look->settings.directory);
	look_at_ipv6(look);
}

struct ca_look *ca_look_start(const struct ca_look_wish *wish)
{
	struct ca_look *look = mem_new(sizeof(*look));

	look->wish = *wish;
	ca_settings_copy(&look->settings, wish->ca, wish->daemon, false);
	look->asked = clock_seconds();
	look->transfer = http_send(wish->http,
		&(struct http_request){
			.method = HTTP_GET,
			.url = look->settings.directory,
			.trust_file = look->settings.trust_file,
			.proxy = look->settings.proxy,
			.source_address = look->settings.source_address,
		},
		on_reply, look);
	look->wish.daemon = NULL;
	return look;
}
