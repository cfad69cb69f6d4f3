/* SPDX-License-Identifier: MIT */
#include "rehearsal_machine.h"

#include "account_look.h"
#include "alert.h"
#include "ca_look.h"
#include "machine_look.h"
#include "mem.h"
#include "random.h"
#include "rehearsal_time.h"
#include "text.h"

#include <time.h>

#define SOURCE "rehearsal"
#define AGAIN 3600 /* seconds: a CA may be down for an hour */
#define CA_MISSES 2 /* looks, until people hear of it */
#define ACCOUNT_GAP (23 * 3600) /* seconds, between two looks at one */
#define ACCOUNT_GAP_MAX (7 * REHEARSAL_DAY)

struct rehearsal_machine {
	struct fleet *fleet; /* borrowed */
	double seed;
	int64_t last; /* look */
	struct machine_look *machine; /* under way, or NULL */
	struct ca_look *ca; /* likewise */
	struct account_look *account; /* likewise */
	struct snapshot *snapshot; /* of the CAs, while they are looked at */
	size_t next; /* CA */
	json_t *missed; /* owned: CA -> how often in a row */
	json_t *told; /* owned: subject -> CA, of what people may know of */
	json_t *asked; /* owned: CA -> when to ask for the account again */
};

/* What is told. */

static unsigned count_miss(
	struct rehearsal_machine *machine, const struct finding *finding)
{
	json_t *missed = machine->missed;
	json_int_t count =
		json_integer_value(json_object_get(missed, finding->subject));

	if (finding->verdict != FINDING_BAD) {
		json_object_del(missed, finding->subject);
		return 0;
	}
	json_object_set_new(missed, finding->subject, json_integer(count + 1));
	return (unsigned)count + 1;
}

/* Another way is there. */
static bool is_harmless(const struct finding *finding)
{
	return streq(finding->check, "ipv6");
}

static void on_finding(void *data, const struct finding *finding)
{
	struct rehearsal_machine *machine = data;
	struct alert *alert = machine->fleet->alert;
	bool is_ca = streq(finding->check, "ca");
	unsigned misses = is_ca ? count_miss(machine, finding) : CA_MISSES;
	cleanup(string) char *subject =
		text_format("/%s %s", finding->check, finding->subject);

	if (finding->verdict == FINDING_GOOD)
		alert_clear(alert, SOURCE, subject);
	if (finding->verdict != FINDING_BAD || misses < CA_MISSES)
		return;
	if (!streq(finding->check, "write"))
		json_object_set_new(
			machine->told, subject, json_string(finding->subject));
	alert_set(alert,
		&(struct alert_trouble){
			.source = SOURCE,
			.subject = subject,
			.code = finding->code,
			.level = is_harmless(finding) ? ALERT_NOTICE
						      : ALERT_WARNING,
			.text = finding->text,
		});
}

/* The CAs that certificates come from, one after the other. */

static bool is_used(const struct config *config, const struct config_ca *ca)
{
	for (size_t i = 0; i < config->certificate_count; i++)
		if (config_has_ca(config->certificates[i], ca))
			return true;
	return false;
}

static const struct config_ca *next_ca(struct rehearsal_machine *machine)
{
	const struct config *config = machine->snapshot->config;

	while (machine->next < config->ca_count) {
		const struct config_ca *ca = config->cas[machine->next++];
		if (is_used(config, ca))
			return ca;
	}
	return NULL;
}

/* Our accounts at them: once a day, for each is a signed request. */

static bool is_asked_now(
	const struct rehearsal_machine *machine, const struct config_ca *ca)
{
	int64_t now = time(NULL);
	int64_t next =
		json_integer_value(json_object_get(machine->asked, ca->name));

	return next <= now || next > now + ACCOUNT_GAP_MAX;
}

/* From when the look began: the machine may have slept since. What the CA asks
 * for counts from now. */
static void note_asked(struct rehearsal_machine *machine, int64_t pause)
{
	const struct config_ca *ca =
		machine->snapshot->config->cas[machine->next - 1];
	int64_t next = machine->last + ACCOUNT_GAP;

	if (pause > ACCOUNT_GAP_MAX)
		pause = ACCOUNT_GAP_MAX;
	if (pause > ACCOUNT_GAP)
		next = time(NULL) + pause;
	json_object_set_new(machine->asked, ca->name, json_integer(next));
}

static void look_at_account(struct rehearsal_machine *machine,
	void (*on_end)(void *data, int64_t retry_after))
{
	const struct config_ca *ca = next_ca(machine);

	while (ca && !is_asked_now(machine, ca))
		ca = next_ca(machine);
	if (!ca) {
		snapshot_unref(take(machine->snapshot));
		return;
	}
	machine->account = account_look_start(&(struct account_look_wish){
		.fleet = machine->fleet,
		.ca = ca,
		.on_finding = on_finding,
		.on_end = on_end,
		.data = machine,
	});
}

static void on_account(void *data, int64_t retry_after)
{
	struct rehearsal_machine *machine = data;

	machine->account = NULL;
	note_asked(machine, retry_after);
	look_at_account(machine, on_account);
}

/* A CA that no certificate comes from any more troubles nobody. */
static void forget_unused(struct rehearsal_machine *machine)
{
	const struct config *config = machine->snapshot->config;
	const char *subject;
	json_t *ca;
	void *next;

	json_object_foreach_safe(machine->told, next, subject, ca)
	{
		const char *name = json_string_value(ca);
		const struct config_ca *known = config_find_ca(config, name);
		if (known && is_used(config, known))
			continue;
		alert_clear(machine->fleet->alert, SOURCE, subject);
		json_object_del(machine->told, subject);
	}
}

static void look_at_ca(struct rehearsal_machine *machine,
	void (*on_end)(void *data, const json_t *issuers))
{
	const struct config_ca *ca = next_ca(machine);

	if (!ca) {
		machine->next = 0;
		look_at_account(machine, on_account);
		return;
	}
	machine->ca = ca_look_start(&(struct ca_look_wish){
		.loop = machine->fleet->loop,
		.dns = machine->fleet->dns,
		.http = machine->fleet->http,
		.ca = ca,
		.daemon = &machine->snapshot->config->daemon,
		.on_finding = on_finding,
		.on_end = on_end,
		.data = machine,
	});
}

static void on_ca(void *data, const json_t *issuers)
{
	struct rehearsal_machine *machine = data;

	(void)issuers;
	machine->ca = NULL;
	look_at_ca(machine, on_ca);
}

static void on_machine(void *data, enum finding_verdict verdict)
{
	struct rehearsal_machine *machine = data;

	(void)verdict;
	machine->machine = NULL;
	look_at_ca(machine, on_ca);
}

static void begin(struct rehearsal_machine *machine, int64_t now)
{
	machine->last = now;
	machine->next = 0;
	machine->snapshot = snapshot_ref(machine->fleet->snapshot);
	forget_unused(machine);
	machine->machine = machine_look_start(&(struct machine_look_wish){
		.loop = machine->fleet->loop,
		.vault = machine->fleet->vault,
		.listener = {on_finding, on_machine, machine},
	});
}

int64_t rehearsal_machine_look(
	struct rehearsal_machine *machine, int64_t period, int64_t now)
{
	if (machine->last > now)
		machine->last = now;
	if (machine->snapshot)
		return now + AGAIN;
	int64_t due = rehearsal_next(machine->last, machine->seed, period);
	if (json_object_size(machine->missed))
		due = machine->last + AGAIN;
	if (due > now)
		return due;
	begin(machine, now);
	return now + AGAIN;
}

struct rehearsal_machine *rehearsal_machine_new(struct fleet *fleet)
{
	struct rehearsal_machine *machine = mem_new(sizeof(*machine));

	machine->fleet = fleet;
	machine->seed = random_real();
	machine->last = time(NULL);
	machine->missed = json_object();
	machine->told = json_object();
	machine->asked = json_object();
	return machine;
}

void rehearsal_machine_free(struct rehearsal_machine *machine)
{
	if (!machine)
		return;
	machine_look_cancel(machine->machine);
	ca_look_cancel(machine->ca);
	account_look_cancel(machine->account);
	snapshot_unref(machine->snapshot);
	json_decref(machine->missed);
	json_decref(machine->told);
	json_decref(machine->asked);
	free(machine);
}
