/* SPDX-License-Identifier: MIT */
#include "diagnose_offline.h"

#include "diagnose.h"
#include "dns_call.h"
#include "file_look.h"
#include "lineage_state.h"
#include "offline.h"

#include <signal.h>

/* What the daemon would have; there is nobody to publish anything. */
struct offline {
	struct ev_loop *loop;
	struct dns *dns;
	struct http *http; /* or NULL: no CA is looked at */
	struct verify *verify;
	struct dns_tools tools;
	struct lineage *lineage;
	const struct finding_listener *listener;
};

static void on_finding(void *data, const struct finding *finding)
{
	const struct offline *offline = data;

	if (!diagnose_is_of_files(finding->check))
		offline->listener->on_finding(offline->listener->data, finding);
}

static void on_end(void *data, enum finding_verdict verdict)
{
	const struct offline *offline = data;

	(void)verdict;
	ev_break(offline->loop, EVBREAK_ALL);
}

/* What lies below live/, and what was saved of it if we may read that. */
static struct lineage *make_lineage(
	const char *name, const struct config_certificate *certificate)
{
	struct lineage *lineage = lineage_new(name);
	json_t *state cleanup(json) = offline_state(name);

	lineage->certificate = certificate;
	lineage->is_installed = offline_facts(name, &lineage->facts);
	lineage->is_loaded = state && lineage_from_state(lineage, state, NULL);
	return lineage;
}

static void open_offline(struct offline *offline)
{
	signal(SIGPIPE, SIG_IGN);
	offline->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	offline->dns = dns_new(offline->loop);
	offline->http = http_new(offline->loop, offline->dns, NULL);
	offline->verify = verify_new(offline->loop, offline->dns);
	offline->tools = (struct dns_tools){
		.loop = offline->loop, .dns = offline->dns, .port = DNS_PORT};
}

static void close_offline(struct offline *offline)
{
	lineage_free(offline->lineage);
	verify_free(offline->verify);
	http_free(offline->http);
	dns_free(offline->dns);
	ev_loop_destroy(offline->loop);
}

void diagnose_offline(const struct config *config, const char *name,
	const struct finding_listener *listener)
{
	const struct config_certificate *certificate =
		config_find(config, name);
	struct offline offline = {.listener = listener};

	open_offline(&offline);
	offline.lineage = make_lineage(name, certificate);
	const struct preflight_tools tools = {
		.probe = {offline.loop, &offline.tools, NULL},
		.http = offline.http,
	};
	const struct diagnose_wish wish = {
		.loop = offline.loop,
		.lineage = offline.lineage,
		.certificate = certificate,
		.daemon = &config->daemon,
		.tools = &tools,
		.verify = offline.verify,
		.listener = {on_finding, on_end, &offline},
	};
	diagnose_start(&wish);
	ev_run(offline.loop, 0);
	close_offline(&offline);
}
