/* SPDX-License-Identifier: MIT */
#include "preflight.h"

#include "ca_look.h"
#include "caa_check.h"
#include "machine_look.h"
#include "mem.h"

#define MOST_PROBES 8 /* at a time */

/* One path under way. */
struct walker {
	struct preflight *preflight; /* borrowed */
	struct probe *probe; /* NULL: free */
};

struct preflight {
	struct preflight_wish wish;
	size_t step; /* of STEPS */
	size_t next; /* CA or path of this step */
	struct machine_look *machine; /* under way, or NULL */
	struct ca_look *ca; /* likewise */
	struct caa_check *caa; /* likewise */
	struct walker walkers[MOST_PROBES];
	json_t *issuers; /* owned: names in CAA records, by CA */
	enum finding_verdict verdict;
	ev_timer turn;
};

void preflight_cancel(struct preflight *preflight)
{
	if (!preflight)
		return;
	machine_look_cancel(preflight->machine);
	ca_look_cancel(preflight->ca);
	caa_check_cancel(preflight->caa);
	for (size_t i = 0; i < MOST_PROBES; i++)
		probe_cancel(preflight->walkers[i].probe);
	json_decref(preflight->issuers);
	ev_timer_stop(preflight->wish.tools->probe.loop, &preflight->turn);
	free(preflight);
}

/* The step is looked at again from the loop. */
static void go_on(struct preflight *preflight)
{
	if (!ev_is_active(&preflight->turn))
		ev_timer_start(
			preflight->wish.tools->probe.loop, &preflight->turn);
}

/* The one writer of the step. */
static void go_next(struct preflight *preflight)
{
	preflight->step++;
	preflight->next = 0;
	go_on(preflight);
}

static bool looks_at(
	const struct preflight *preflight, enum preflight_look look)
{
	return preflight->wish.looks & look;
}

/* Everything that is told goes through here. */
static void on_finding(void *data, const struct finding *finding)
{
	struct preflight *preflight = data;
	const struct finding_listener *listener = &preflight->wish.listener;

	preflight->verdict = finding_join(preflight->verdict, finding->verdict);
	listener->on_finding(listener->data, finding);
}

/* The one that is looked at. */
static const struct config_ca *this_ca(const struct preflight *preflight)
{
	const struct config_certificate *certificate =
		preflight->wish.certificate;

	return preflight->next == 0 ? certificate->ca
				    : certificate->others[preflight->next - 1];
}

static const struct config_ca *next_ca(const struct preflight *preflight)
{
	if (preflight->next > preflight->wish.certificate->other_count)
		return NULL;
	return this_ca(preflight);
}

/* This machine. */

static void on_machine(void *data, enum finding_verdict verdict)
{
	struct preflight *preflight = data;

	(void)verdict;
	preflight->machine = NULL;
	go_next(preflight);
}

static void look_at_machine(struct preflight *preflight)
{
	const struct preflight_tools *tools = preflight->wish.tools;

	if (!looks_at(preflight, PREFLIGHT_MACHINE)) {
		go_next(preflight);
		return;
	}
	preflight->machine = machine_look_start(&(struct machine_look_wish){
		.loop = tools->probe.loop,
		.vault = tools->vault,
		.listener = {on_finding, on_machine, preflight},
	});
}

/* The CAs, one after the other; what they go by is kept for the next step. */

static void on_ca(void *data, const json_t *issuers)
{
	struct preflight *preflight = data;
	const struct config_ca *ca = this_ca(preflight);

	preflight->ca = NULL;
	json_object_set(preflight->issuers, ca->name, (json_t *)issuers);
	preflight->next++;
	go_on(preflight);
}

static void look_at_cas(struct preflight *preflight)
{
	const struct preflight_wish *wish = &preflight->wish;
	const struct config_ca *ca = next_ca(preflight);

	if (!looks_at(preflight, PREFLIGHT_CAS) || !wish->tools->http || !ca) {
		go_next(preflight);
		return;
	}
	preflight->ca = ca_look_start(&(struct ca_look_wish){
		.loop = wish->tools->probe.loop,
		.dns = wish->tools->probe.dns->dns,
		.http = wish->tools->http,
		.ca = ca,
		.daemon = wish->daemon,
		.on_finding = on_finding,
		.on_end = on_ca,
		.data = preflight,
	});
}

/* CAA records, for one CA after the other. */

static json_t *issuers_of(
	const struct preflight *preflight, const struct config_ca *ca)
{
	json_t *told = json_object_get(preflight->issuers, ca->name);

	if (told)
		return json_incref(told);
	json_t *issuers = json_array();
	for (size_t i = 0; i < ca->caa.count; i++)
		json_array_append_new(issuers, json_string(ca->caa.items[i]));
	return issuers;
}

static void on_caa(
	void *data, const struct error *forbidden, const struct error *doubt)
{
	struct preflight *preflight = data;
	const struct finding_listener self = {
		.on_finding = on_finding, .data = preflight};
	const char *ca = this_ca(preflight)->name;

	preflight->caa = NULL;
	if (forbidden)
		finding_error(&self, "caa", ca, FINDING_BAD, forbidden);
	else if (doubt)
		finding_error(&self, "caa", ca, FINDING_UNKNOWN, doubt);
	else
		finding_good(&self, "caa", ca, "CAA records allow it");
	preflight->next++;
	go_on(preflight);
}

static void look_at_caa(struct preflight *preflight)
{
	const struct preflight_wish *wish = &preflight->wish;
	const struct config_ca *ca = next_ca(preflight);

	if (!looks_at(preflight, PREFLIGHT_CAA) || !ca) {
		go_next(preflight);
		return;
	}
	cleanup(json) json_t *issuers = issuers_of(preflight, ca);
	if (json_array_size(issuers) == 0) {
		preflight->next++;
		go_on(preflight);
		return;
	}
	preflight->caa = caa_check_start(&(struct caa_check_wish){
		.tools = wish->tools->probe.dns,
		.certificate = wish->certificate,
		.issuers = issuers,
		.account = ca == wish->certificate->ca ? wish->account : NULL,
		.on_end = on_caa,
		.data = preflight,
	});
}

/* The paths, several at a time. */

static void on_walker_finding(void *data, const struct finding *finding)
{
	on_finding(((struct walker *)data)->preflight, finding);
}

static void on_walked(void *data, enum finding_verdict verdict)
{
	struct walker *walker = data;

	(void)verdict;
	walker->probe = NULL;
	go_on(walker->preflight);
}

static void start_probe(struct walker *walker, size_t i)
{
	struct preflight *preflight = walker->preflight;
	const struct config_certificate *certificate =
		preflight->wish.certificate;
	const struct identifier *identifier = &certificate->identifiers[i];

	walker->probe = probe_start(&(struct probe_wish){
		.tools = &preflight->wish.tools->probe,
		.path = {certificate->name, identifier,
			config_challenge_for(certificate, identifier)},
		.writes_records = preflight->wish.writes_records,
		.runs_hooks = preflight->wish.runs_hooks,
		.listener = {on_walker_finding, on_walked, walker},
	});
}

static void walk_paths(struct preflight *preflight)
{
	size_t count = looks_at(preflight, PREFLIGHT_PATHS)
		? preflight->wish.certificate->identifier_count
		: 0;
	bool is_busy = false;

	for (size_t i = 0; i < MOST_PROBES; i++) {
		struct walker *walker = &preflight->walkers[i];
		if (!walker->probe && preflight->next < count)
			start_probe(walker, preflight->next++);
		is_busy |= walker->probe != NULL;
	}
	if (!is_busy)
		go_next(preflight);
}

/* From the loop. */

static void end(struct preflight *preflight)
{
	struct finding_listener listener = preflight->wish.listener;
	enum finding_verdict verdict = preflight->verdict;

	preflight_cancel(preflight);
	listener.on_end(listener.data, verdict);
}

static void (*const STEPS[])(struct preflight *preflight) = {
	look_at_machine,
	look_at_cas,
	look_at_caa,
	walk_paths,
	end,
};

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct preflight *preflight = timer->data;

	(void)loop;
	(void)events;
	STEPS[preflight->step](preflight);
}

struct preflight *preflight_start(const struct preflight_wish *wish)
{
	struct preflight *preflight = mem_new(sizeof(*preflight));

	preflight->wish = *wish;
	preflight->verdict = FINDING_UNKNOWN;
	preflight->issuers =
		wish->issuers ? json_copy(wish->issuers) : json_object();
	for (size_t i = 0; i < MOST_PROBES; i++)
		preflight->walkers[i].preflight = preflight;
	ev_timer_init(&preflight->turn, on_turn, 0., 0.);
	preflight->turn.data = preflight;
	go_on(preflight);
	return preflight;
}
