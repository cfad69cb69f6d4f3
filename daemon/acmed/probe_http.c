/* SPDX-License-Identifier: MIT */
#include "probe_kind.h"

#include "container.h"
#include "mem.h"
#include "own_addresses.h"
#include "port_owner.h"
#include "text.h"
#include "web_verdict.h"

#include <stdio.h>

#define CHECK "http"
#define PORT 80

/* One address of the name. */
struct view {
	struct web_probe *probe; /* borrowed */
	struct dns_address address;
	bool is_own;
	struct web_fetch *fetch; /* NULL: not begun, or over */
	enum finding_verdict verdict;
	struct error err; /* unless GOOD */
};

struct web_probe {
	const struct probe_wish *wish; /* borrowed */
	struct finding_listener listener;
	struct challenge challenge; /* owned */
	struct publication *publication; /* or NULL */
	struct view views[DNS_ADDRESSES];
	size_t count;
	struct view host; /* of the container that we are in */
	bool is_host_closed; /* while we listen */
	char holder[192]; /* of port 80, or "" */
	ev_timer start;
};

static void cancel(void *data)
{
	struct web_probe *probe = data;

	for (size_t i = 0; i < probe->count; i++)
		web_fetch_cancel(probe->views[i].fetch);
	web_fetch_cancel(probe->host.fetch);
	if (probe->publication)
		solver_withdraw(probe->publication);
	ev_timer_stop(probe->wish->tools->loop, &probe->start);
	challenge_clear(&probe->challenge);
	free(probe);
}

static void end(struct web_probe *probe)
{
	struct finding_listener listener = probe->listener;

	cancel(probe);
	listener.on_end(listener.data, FINDING_UNKNOWN);
}

static const char *subject(const struct web_probe *probe)
{
	return probe->wish->path.identifier->value;
}

/* What is told: first what is said of one address in the light of others. */

static bool has_good(const struct web_probe *probe, int family)
{
	for (size_t i = 0; i < probe->count; i++)
		if (probe->views[i].verdict == FINDING_GOOD &&
			probe->views[i].address.family == family)
			return true;
	return false;
}

/* The CA tries IPv6 first (H7); and any of several addresses (H12). */
static void compare(const struct web_probe *probe, struct view *view)
{
	bool is_v6 = view->address.family == AF_INET6;
	bool is_stale = is_v6 && has_good(probe, AF_INET);
	bool is_one_of_many =
		!is_stale && has_good(probe, view->address.family);

	if (view->verdict != FINDING_BAD || (!is_stale && !is_one_of_many))
		return;
	error_prefix(&view->err,
		is_stale
			? "IPv4 leads here, IPv6 does not, and the CA tries it "
			  "first"
			: "another address leads here, this one does not");
	snprintf(view->err.code, sizeof(view->err.code),
		is_stale ? "H7" : "H12");
}

/* The host of our container keeps the port to itself (H13). */
static void blame_host(const struct web_probe *probe, struct view *view)
{
	if (!probe->is_host_closed || view->is_own ||
		!streq(view->err.code, "H1"))
		return;
	error_prefix(&view->err,
		"port 80 is open in this container and not on its host %s",
		probe->host.address.text);
	snprintf(view->err.code, sizeof(view->err.code), "H13");
}

static void tell(struct web_probe *probe)
{
	for (size_t i = 0; i < probe->count; i++) {
		struct view *view = &probe->views[i];
		compare(probe, view);
		blame_host(probe, view);
		if (view->verdict == FINDING_GOOD)
			finding_good(&probe->listener, CHECK, subject(probe),
				"the answer is found at %s",
				view->address.text);
		else
			finding_error(&probe->listener, CHECK, subject(probe),
				view->verdict, &view->err);
	}
	end(probe);
}

/* Fetching. */

/* Where a web server finds the file; the others answer by themselves. */
static const char *folder_of(const struct web_probe *probe)
{
	const struct config_challenge *settings = probe->wish->path.challenge;

	if (settings->solver != SOLVER_WEBROOT)
		return NULL;
	return settings->webroot ? settings->webroot
				 : "acmed's folder 'webroot'";
}

/* Only a port that is ours can be open here and closed on the host. */
static bool listens(const struct web_probe *probe)
{
	return probe->publication &&
		probe->wish->path.challenge->solver == SOLVER_STANDALONE;
}

static bool is_busy(const struct web_probe *probe)
{
	for (size_t i = 0; i < probe->count; i++)
		if (probe->views[i].fetch)
			return true;
	return probe->host.fetch != NULL;
}

static void on_host(void *data, const struct web_fetch_result *result)
{
	struct web_probe *probe = data;

	probe->host.fetch = NULL;
	probe->is_host_closed =
		result->end == WEB_FETCH_UNREACHED && result->is_refused;
	if (!is_busy(probe))
		tell(probe);
}

static void on_fetched(void *data, const struct web_fetch_result *result)
{
	struct view *view = data;
	struct web_probe *probe = view->probe;
	const struct web_view facts = {
		.address = &view->address,
		.is_own = view->is_own,
		.holder = probe->holder,
		.folder = folder_of(probe),
		.answer = probe->publication ? probe->challenge.answer : NULL,
		.result = result,
	};

	view->fetch = NULL;
	view->verdict = web_verdict(&facts, &view->err);
	if (!is_busy(probe))
		tell(probe);
}

static void fetch(struct web_probe *probe)
{
	const struct identifier *identifier = probe->wish->path.identifier;
	bool is_v6 = identifier->address_length == 16;
	cleanup(string) char *url = text_format(
		"http://%s%s%s/.well-known/acme-challenge/%s", is_v6 ? "[" : "",
		identifier->value, is_v6 ? "]" : "", probe->challenge.token);

	if (!url)
		abort();
	if (listens(probe) && container_host(&probe->host.address))
		probe->host.fetch = web_fetch_start(&(struct web_fetch_wish){
			.tools = probe->wish->tools->dns,
			.url = url,
			.address = &probe->host.address,
			.on_end = on_host,
			.data = probe,
		});
	for (size_t i = 0; i < probe->count; i++)
		probe->views[i].fetch =
			web_fetch_start(&(struct web_fetch_wish){
				.tools = probe->wish->tools->dns,
				.url = url,
				.address = &probe->views[i].address,
				.on_end = on_fetched,
				.data = &probe->views[i],
			});
}

static void on_published(void *data, const struct error *err, bool sees_fetches)
{
	struct web_probe *probe = data;

	(void)sees_fetches;
	if (!err) {
		fetch(probe);
		return;
	}
	probe->publication = NULL;
	finding_error(
		&probe->listener, CHECK, subject(probe), FINDING_BAD, err);
	end(probe);
}

static void on_start(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct web_probe *probe = timer->data;
	const struct probe_wish *wish = probe->wish;

	(void)loop;
	(void)events;
	if (!probe_publishes(wish)) {
		fetch(probe);
		return;
	}
	probe->publication = solver_present(wish->tools->solvers,
		&(struct publication_wish){
			.certificate = wish->path.certificate,
			.challenge = wish->path.challenge,
			.answer = &probe->challenge,
			.on_published = on_published,
			.data = probe,
		});
}

static void *start(const struct probe_setup *setup)
{
	struct web_probe *probe = mem_new(sizeof(*probe));
	struct port_owner owner;

	probe->wish = setup->wish;
	probe->listener = setup->listener;
	probe->count = setup->addresses->count;
	probe_challenge_make(&setup->wish->path, &probe->challenge, NULL);
	if (port_owner_find(PORT, &owner))
		port_owner_describe(
			&owner, probe->holder, sizeof(probe->holder));
	for (size_t i = 0; i < probe->count; i++)
		probe->views[i] = (struct view){
			.probe = probe,
			.address = setup->addresses->list[i],
			.is_own =
				own_addresses_have(&setup->addresses->list[i]),
		};
	ev_timer_init(&probe->start, on_start, 0., 0.);
	probe->start.data = probe;
	ev_timer_start(setup->wish->tools->loop, &probe->start);
	return probe;
}

const struct probe_kind probe_http = {start, cancel};
