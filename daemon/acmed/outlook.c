/* SPDX-License-Identifier: MIT */
#include "outlook.h"

#include "fleet.h"
#include "mem.h"

struct outlook {
	struct fleet *fleet; /* borrowed */
	struct dns *dns; /* owned: names as seen by Resolver= */
	struct dns_tools view;
	struct preflight_tools tools;
};

struct outlook *outlook_new(struct fleet *fleet)
{
	struct outlook *outlook = mem_new(sizeof(*outlook));
	const struct dns_tools *own = solvers_tools(fleet->solvers);

	outlook->fleet = fleet;
	outlook->dns = dns_new(fleet->loop);
	outlook->view = *own;
	outlook->view.dns = outlook->dns;
	outlook->tools = (struct preflight_tools){
		.probe = {fleet->loop, own, fleet->solvers},
		.http = fleet->http,
		.vault = fleet->vault,
	};
	return outlook;
}

void outlook_free(struct outlook *outlook)
{
	if (!outlook)
		return;
	dns_free(outlook->dns);
	free(outlook);
}

const struct preflight_tools *outlook_tools(struct outlook *outlook)
{
	const struct snapshot *snapshot = outlook->fleet->snapshot;
	const struct config_daemon *daemon =
		snapshot ? &snapshot->config->daemon : NULL;

	outlook->tools.probe.dns = solvers_tools(outlook->fleet->solvers);
	if (daemon && daemon->resolver) {
		dns_set_server(
			outlook->dns, daemon->resolver, daemon->resolver_port);
		outlook->tools.probe.dns = &outlook->view;
	}
	return &outlook->tools;
}

json_t *outlook_issuers(const struct outlook *outlook)
{
	const struct fleet *fleet = outlook->fleet;
	json_t *issuers = json_object();

	for (size_t i = 0; i < fleet->ca_count; i++) {
		const struct ca *ca = fleet->cas[i];
		const struct directory *directory =
			exchange_known_directory(ca_exchange(ca));
		if (directory && !ca_is_staging(ca))
			json_object_set_new(issuers, ca_name(ca),
				ca_settings_issuers(
					ca_settings(ca), directory));
	}
	return issuers;
}
