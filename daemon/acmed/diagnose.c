/* SPDX-License-Identifier: MIT */
#include "diagnose.h"

#include "diagnosis.h"
#include "file_look.h"
#include "json.h"
#include "mem.h"
#include "member.h"
#include "past_look.h"
#include "proof.h"
#include "text.h"

#define CONFIGURATION "config"
#define VAULT_DEADLINE 10.0

struct diagnose {
	struct diagnose_wish wish;
	size_t step; /* of STEPS */
	struct helper_call *call; /* of the account; or NULL */
	struct preflight *walk; /* under way, or NULL */
	struct proof *proof; /* likewise */
	struct finding_listener self; /* sees all findings pass */
	enum finding_verdict verdict;
	ev_timer turn;
};

void diagnose_cancel(struct diagnose *diagnose)
{
	if (!diagnose)
		return;
	if (diagnose->call)
		helper_cancel(diagnose->call);
	preflight_cancel(diagnose->walk);
	proof_free(diagnose->proof);
	ev_timer_stop(diagnose->wish.loop, &diagnose->turn);
	free(diagnose);
}

/* The one writer of the step. */
static void go_next(struct diagnose *diagnose)
{
	diagnose->step++;
	ev_timer_start(diagnose->wish.loop, &diagnose->turn);
}

/* A door of our own that is open only while an answer is published, which is
 * not done now. */
static bool is_closed_now(
	const struct diagnose *diagnose, const struct finding *finding)
{
	const struct diagnose_wish *wish = &diagnose->wish;
	enum config_solver solver = wish->certificate
		? wish->certificate->challenge.solver
		: SOLVER_NONE;

	return !wish->tools->probe.solvers &&
		(streq(finding->check, "http") ||
			streq(finding->check, "tls")) &&
		(solver == SOLVER_STANDALONE || solver == SOLVER_SOCKET);
}

static void on_finding(void *data, const struct finding *finding)
{
	struct diagnose *diagnose = data;
	const struct finding_listener *listener = &diagnose->wish.listener;
	struct finding told = *finding;

	if (told.verdict == FINDING_BAD && is_closed_now(diagnose, finding))
		told.verdict = FINDING_UNKNOWN;
	diagnose->verdict = finding_join(diagnose->verdict, told.verdict);
	listener->on_finding(listener->data, &told);
}

/* Files. */

void diagnose_mistake(const char *name, const char *mistake,
	const struct finding_listener *listener)
{
	struct error err;

	fail(&err, ERROR_REFUSED, "%.480s", mistake);
	finding_error(listener, CONFIGURATION, name, FINDING_BAD, &err);
}

void diagnose_configuration(const struct config_certificate *certificate,
	const char *name, const struct finding_listener *listener)
{
	if (certificate)
		finding_good(listener, CONFIGURATION, name,
			"%s: %zu name%s, CA %s", certificate->file,
			certificate->identifier_count,
			certificate->identifier_count == 1 ? "" : "s",
			certificate->ca->name);
	else
		diagnose_mistake(name,
			"no file in certs.d names it: nothing renews it",
			listener);
}

bool diagnose_is_of_files(const char *check)
{
	return streq(check, CONFIGURATION) || file_look_has(check);
}

/* The daemon may read none of the files: what the vault says of them. */
static void look_at_facts(struct diagnose *diagnose)
{
	const struct lineage *lineage = diagnose->wish.lineage;
	struct error err;

	if (lineage->problem) {
		fail(&err, ERROR_LOCAL, "%s", lineage->problem);
		finding_error(&diagnose->self, "link", lineage->name,
			FINDING_BAD, &err);
	}
	if (lineage->is_installed)
		file_look_expiry(lineage->name, diagnose->wish.certificate,
			&lineage->facts, &diagnose->self);
}

static void look_at_files(struct diagnose *diagnose)
{
	const struct diagnose_wish *wish = &diagnose->wish;
	const struct lineage *lineage = wish->lineage;

	if (lineage->waits_for_file)
		diagnose_mistake(lineage->name, lineage->waits_for_file,
			&diagnose->self);
	else
		diagnose_configuration(
			wish->certificate, lineage->name, &diagnose->self);
	if (wish->fleet)
		look_at_facts(diagnose);
	else
		file_look(lineage->name, wish->certificate, &diagnose->self);
	go_next(diagnose);
}

/* Who reloads? */

static void look_at_rights(struct diagnose *diagnose)
{
	const struct diagnose_wish *wish = &diagnose->wish;
	const struct strings *units =
		wish->certificate ? &wish->certificate->deploy.reload : NULL;
	struct error err;

	go_next(diagnose);
	if (!wish->fleet || !units || !units->count)
		return;
	if (deployer_may_reload(wish->fleet->deployer)) {
		finding_good(&diagnose->self, "reload", units->items[0],
			"acmed may reload it over D-Bus");
		return;
	}
	fail(&err, ERROR_LOCAL,
		"acmed-deploy reloads it: acmed itself may not, for want of "
		"polkit or its rule");
	finding_error(&diagnose->self, "reload", units->items[0],
		FINDING_UNKNOWN, &err);
}

/* The account at the first CA. */

static void judge_account(
	struct diagnose *diagnose, const char *ca, const json_t *facts)
{
	const char *url = member_string_or(facts, "url", NULL);
	struct error err;

	if (member_bool_or(facts, "closed", false)) {
		fail_cause(&err, ERROR_REFUSED, "A2", "acmed deactivated it");
		finding_error(
			&diagnose->self, "account", ca, FINDING_BAD, &err);
	} else if (url)
		finding_good(&diagnose->self, "account", ca, "%.400s", url);
	else
		finding_good(&diagnose->self, "account", ca,
			"there is none yet: the first order makes it");
}

static void on_account(void *data, const json_t *reply, const struct error *err)
{
	struct diagnose *diagnose = data;
	const char *ca = diagnose->wish.certificate->ca->name;

	diagnose->call = NULL;
	if (err)
		finding_error(&diagnose->self, "account", ca, FINDING_BAD, err);
	else
		judge_account(diagnose, ca, reply);
	go_next(diagnose);
}

static void ask_for_account(struct diagnose *diagnose)
{
	const struct diagnose_wish *wish = &diagnose->wish;

	if (!wish->fleet || !wish->certificate) {
		go_next(diagnose);
		return;
	}
	json_t *request = json_pack("{s:s, s:s, s:b, s:b}", "verb", "account",
		"ca", wish->certificate->ca->name, "staging", false, "look",
		true);
	diagnose->call = helper_call(wish->fleet->vault, request,
		VAULT_DEADLINE, on_account, diagnose);
}

/* From here to the CA, and from the world to here. */

static void on_walked(void *data, enum finding_verdict verdict)
{
	struct diagnose *diagnose = data;

	(void)verdict;
	diagnose->walk = NULL;
	go_next(diagnose);
}

static void walk(struct diagnose *diagnose)
{
	const struct diagnose_wish *wish = &diagnose->wish;

	if (!wish->certificate) {
		go_next(diagnose);
		return;
	}
	diagnose->walk = preflight_start(&(struct preflight_wish){
		.tools = wish->tools,
		.certificate = wish->certificate,
		.daemon = wish->daemon,
		.account = wish->lineage->account,
		.looks = PREFLIGHT_ALL,
		.writes_records = wish->writes_records,
		.listener = {on_finding, on_walked, diagnose},
	});
}

/* What is served. */

static void on_proven(void *data, const struct error *err)
{
	struct diagnose *diagnose = data;
	const char *name = diagnose->wish.lineage->name;
	struct error none;

	fail(&none, ERROR_LOCAL,
		"no endpoint is known to serve it: Verify= can name one");
	if (err)
		finding_error(
			&diagnose->self, "served", name, FINDING_BAD, err);
	else if (proof_has_known(diagnose->proof))
		finding_good(&diagnose->self, "served", name,
			"every known endpoint serves what is installed");
	else
		finding_error(&diagnose->self, "served", name, FINDING_UNKNOWN,
			&none);
	proof_free(take(diagnose->proof));
	go_next(diagnose);
}

static void prove(struct diagnose *diagnose)
{
	const struct diagnose_wish *wish = &diagnose->wish;
	const struct lineage *lineage = wish->lineage;
	struct proof_wish proof = {
		.loop = wish->loop,
		.verify = wish->verify,
		.certificate = wish->certificate,
		.facts = &lineage->facts,
		.was_served = !wish->fleet || lineage_was_served(lineage),
		.issued = lineage->issued[0],
		.known = lineage->endpoints,
	};

	if (!wish->certificate || !lineage_has_certificate(lineage) ||
		wish->certificate->deploy.verify == VERIFY_NO) {
		go_next(diagnose);
		return;
	}
	diagnose->proof = proof_new(&proof);
	proof_start(diagnose->proof, "", on_proven, diagnose);
}

/* The CA's perspective. */

static void look_back(struct diagnose *diagnose)
{
	past_look(
		diagnose->wish.fleet, diagnose->wish.lineage, &diagnose->self);
	go_next(diagnose);
}

static void end(struct diagnose *diagnose)
{
	struct finding_listener listener = diagnose->wish.listener;
	enum finding_verdict verdict = diagnose->verdict;

	diagnose_cancel(diagnose);
	listener.on_end(listener.data, verdict);
}

static void (*const STEPS[])(struct diagnose *diagnose) = {
	look_at_files,
	look_at_rights,
	ask_for_account,
	walk,
	prove,
	look_back,
	end,
};

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct diagnose *diagnose = timer->data;

	(void)loop;
	(void)events;
	STEPS[diagnose->step](diagnose);
}

struct diagnose *diagnose_start(const struct diagnose_wish *wish)
{
	struct diagnose *diagnose = mem_new(sizeof(*diagnose));

	diagnose->wish = *wish;
	diagnose->verdict = FINDING_UNKNOWN;
	diagnose->self = (struct finding_listener){
		.on_finding = on_finding, .data = diagnose};
	ev_timer_init(&diagnose->turn, on_turn, 0., 0.);
	diagnose->turn.data = diagnose;
	ev_timer_start(wish->loop, &diagnose->turn);
	return diagnose;
}

json_t *diagnose_to_json(const struct finding *finding)
{
	const struct diagnosis *cause = diagnosis_find(finding->code);
	json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "check",
		finding->check, "subject", finding->subject, "verdict",
		finding_verdict_name(finding->verdict), "text", finding->text);

	if (!cause || finding->verdict == FINDING_GOOD)
		return object;
	member_put_text(object, "code", cause->code);
	member_put_text(object, "cause", cause->sentence);
	member_put_text(object, "remedy", cause->remedy);
	return object;
}
