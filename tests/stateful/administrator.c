/* SPDX-License-Identifier: MIT */
#include "administrator.h"

#include "machine.h"
#include "watch.h"
#include "world.h"

enum deed {
	RESCAN,
	RENEW,
	FORCE,
	IGNORE_LIMITS,
	DRY_RUN,
	HOLD,
	HOLD_A_WHILE,
	UNHOLD,
	ROLLBACK,
	OTHER_NAMES,
	OTHER_KEY,
	REMOVE,
	RESTORE,
	BREAK,
	MEND,
	DEEDS,
};

static void write_and_rescan(struct site *site)
{
	machine_write(site);
	machine_rescan();
}

static void ask_renewal(struct lineage *lineage, bool is_forced,
	bool ignores_limits, bool is_dry)
{
	const struct renew_wish wish = {.is_forced = is_forced,
		.ignores_limits = ignores_limits,
		.is_dry = is_dry};
	struct error why = {0};

	if (!schedule_renew(machine.schedule, lineage, &wish, &why))
		world_say("it will not: %s", why.text);
}

/* Of one that acmed knows. */
static void do_deed(enum deed deed, struct lineage *lineage)
{
	struct schedule *schedule = machine.schedule;
	struct error err = {0};

	switch (deed) {
	case RENEW:
		ask_renewal(lineage, false, false, false);
		break;
	case FORCE:
		ask_renewal(lineage, true, false, false);
		break;
	case IGNORE_LIMITS:
		ask_renewal(lineage, true, true, false);
		break;
	case DRY_RUN:
		ask_renewal(lineage, false, false, true);
		break;
	case HOLD:
		schedule_hold(schedule, lineage, 0);
		break;
	case HOLD_A_WHILE:
		schedule_hold(
			schedule, lineage, (int64_t)world_wall() + 5 * DAY);
		break;
	case UNHOLD:
		schedule_unhold(schedule, lineage);
		break;
	case ROLLBACK:
		schedule_rollback(schedule, lineage, &err);
		break;
	case RESCAN:
	case OTHER_NAMES:
	case OTHER_KEY:
	case REMOVE:
	case RESTORE:
	case BREAK:
	case MEND:
	case DEEDS:
		break;
	}
}

static void change_file(enum deed deed, struct site *site)
{
	if (deed == OTHER_NAMES)
		site->names++;
	if (deed == OTHER_KEY)
		site->has_other_key = !site->has_other_key;
	if (deed == REMOVE || deed == RESTORE)
		site->is_gone = deed == REMOVE;
	if (deed == BREAK || deed == MEND)
		site->is_broken = deed == BREAK;
	write_and_rescan(site);
}

void administrate(unsigned number, unsigned which)
{
	struct site *site = &machine.sites[which % SITES];
	enum deed deed = (enum deed)(number % DEEDS);
	struct lineage *lineage = fleet_find(&machine.fleet, site->name);

	watch_excuse_site(which % SITES);
	if (deed == RESCAN || deed >= OTHER_NAMES)
		change_file(deed, site);
	else if (lineage)
		do_deed(deed, lineage);
}

void administrator_goes(void)
{
	for (size_t i = 0; i < SITES; i++) {
		struct site *site = &machine.sites[i];
		struct lineage *lineage =
			fleet_find(&machine.fleet, site->name);
		site->is_gone = site->is_broken = false;
		machine_write(site);
		if (lineage && lineage->is_held)
			schedule_unhold(machine.schedule, lineage);
	}
	machine_rescan();
}
