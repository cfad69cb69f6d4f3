/* SPDX-License-Identifier: MIT */
#include "deployer.h"

#include "mem.h"

#define PATIENCE 120.0 /* seconds, for a reload to show on the wire */

struct deployer *deployer_new(
	struct ev_loop *loop, struct dns *dns, struct bus *bus)
{
	struct deployer *deployer = mem_new(sizeof(*deployer));

	deployer->loop = loop;
	deployer->verify = verify_new(loop, dns);
	deployer->reloads = reloads_new(loop, bus);
	deployer->patience = PATIENCE;
	return deployer;
}

void deployer_free(struct deployer *deployer)
{
	if (!deployer)
		return;
	reloads_free(deployer->reloads);
	verify_free(deployer->verify);
	free(deployer);
}

void deployer_configure(struct deployer *deployer, int64_t reload_interval)
{
	reloads_configure(deployer->reloads, reload_interval);
}

void deployer_set_patience(struct deployer *deployer, double seconds)
{
	deployer->patience = seconds;
}

bool deployer_may_reload(const struct deployer *deployer)
{
	return reloads_may(deployer->reloads);
}
