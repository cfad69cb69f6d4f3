/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One certificate over time: what is installed, what was tried, what comes
 * of it. The facts come from the vault; the rest is the state that survives
 * a restart (lineage_state). Only `schedule` and its parts write it.
 */

#include "backoff.h"
#include "certificate.h"
#include "config.h"
#include "csr_read.h"
#include "deploy.h"
#include "renewal_info.h"

#define LINEAGE_EVENTS 50
#define LINEAGE_ISSUANCES 8

enum lineage_job {
	JOB_NONE,
	JOB_ISSUE,
	JOB_DEPLOY,
};

/* What people were told of its end, the later the louder. */
enum lineage_notice {
	NOTICE_NONE,
	NOTICE_EXPIRING,
	NOTICE_DOUBTED, /* it has expired by a clock that is wrong */
	NOTICE_EXPIRED,
};

/* A deployment's progress, of the installed version. */
struct lineage_deploy {
	enum deploy_step step; /* the first that is not done */
	enum deploy_outcome outcome;
	unsigned failures;
	int64_t next; /* not before; 0: at once */
	int64_t deadline; /* until then the version before it serves; 0: none */
	bool is_lost; /* it was in service, and the daily look found that it
		       * is no more */
	bool is_owed; /* Export and Hook= were left out, for the file had
		       * mistakes */
	bool is_untold; /* it failed, and nothing was there to be reloaded */
	char waits_for[128];
	struct error err;
};

struct lineage {
	char *name; /* owned */

	/* Configuration; NULL: its file is gone (orphan). */
	const struct config_certificate *certificate; /* borrowed */
	char *waits_for_file; /* owned "FILE:LINE: ...", or NULL */

	/* From the vault. */
	bool is_installed;
	bool is_marked; /* as revoked, what is installed */
	unsigned version;
	struct certificate_facts facts;
	char request[CSR_HASH_SIZE]; /* that it came of; "": its key is here */
	json_t *order; /* owned, in flight, or NULL */
	unsigned staged; /* version that waits for its switch, 0: none */
	char *problem; /* owned: damage that the vault found, or NULL */
	struct error *damage; /* owned: of what is installed, or NULL */
	struct error *unread; /* owned: why its state could not be, or NULL */

	/* What lasts. */
	double seed; /* 0 to 1, spreads the planned time */
	unsigned failures; /* in a row, and of each retry class */
	unsigned class_failures[BACKOFF_CLASSES];
	bool is_running; /* an attempt was begun and not ended */
	unsigned version_before; /* what was installed when it was saved */
	int64_t expiry_before; /* of that; 0: it was no certificate */
	int64_t last_attempt;
	int64_t not_before; /* of the next attempt */
	struct error err; /* of the last attempt; kind NONE: fine */
	int64_t issued[LINEAGE_ISSUANCES]; /* newest first, 0: none */
	struct renewal_info info; /* what the CA said of what is installed */
	char *directory; /* owned, as the next: who issued it, or NULL */
	char *account;
	json_t *asked; /* owned: the names it was ordered for, or NULL */
	json_t *dead; /* owned: see lib/dead_names; or NULL */
	bool is_retired; /* given up, see retirement.h */
	int64_t tried_all; /* an attempt for all names; 0: never */
	struct lineage_deploy deploy;
	struct failover *failover; /* owned; NULL: no CA has failed */
	json_t *counted; /* owned, or NULL: see budget_counted.h */
	json_t *limited; /* owned, or NULL */
	json_t *endpoints; /* owned, known to serve it: ["host:port"] */
	json_t *paths; /* owned: what was seen of each, see path_state.h */
	int64_t rehearsed; /* when the paths were walked last, 0: never */
	int64_t recorded; /* the same, with TXT records written */
	int64_t proven; /* a CA has validated one of its names, 0: not known */
	bool is_relied; /* what is installed was issued for older validations */
	int64_t extra_try; /* last attempt for a path that was mended */
	bool is_held;
	int64_t held_until; /* 0: until unhold */
	json_t *revoking; /* owned: what is to be revoked, see method_revoke;
			   * or NULL */
	json_t *events; /* owned, newest last */
	char *subject; /* owned: what attempts and backoff speak of */

	/* Of this run. */
	enum lineage_job job;
	bool is_forced; /* a human asked: past due date and backoff */
	bool ignores_limits; /* past the CA's limits and Retry-After */
	bool is_reusing; /* its attempt found names that are still valid */
	bool is_outdated; /* its attempt speaks of another subject */
	bool is_interrupted; /* an order waits from before a crash */
	bool is_listed; /* by the vault, at the last intake */
	bool is_asked; /* its CA is asked for renewal information */
	bool is_loaded; /* its saved state is taken in */
	bool is_orphan_told;
	bool is_sought; /* an orphan is being looked for on the wire */
	bool is_unserved; /* it was seen nowhere */
	int64_t orphan_look; /* the next one; 0: at once */
	int64_t retire_look; /* likewise, of retirement.h */
	bool is_looked_at; /* the daily look at what is served is under way */
	int64_t look; /* the next one; 0: not known yet */
	enum lineage_notice notice; /* told, and when */
	int64_t notice_time;
	int64_t paced_until; /* by the limits of its CA; 0: not */
	int64_t paced_since; /* when that was found */
	char *paced_by; /* owned: which one, or NULL */
	int64_t placeholder_after; /* not before; 0: at once */
	unsigned unplaced; /* tries to make one that failed, in a row */
	struct error *misplaced; /* owned: why the last did, or NULL */
	bool is_walked; /* its paths are, just now */
	unsigned watchers; /* who waits for its job: it is not freed */
	int64_t due; /* when `schedule` looks at it again */
	struct fleet_saving *saving; /* owned by `fleet`, or NULL */
	unsigned refusals; /* of its state by the vault, in a row */
	struct error *unsaved; /* owned: why, or NULL without any */
};

struct lineage *lineage_new(const char *name);
void lineage_free(struct lineage *lineage);

/* Does somebody wait for it at a terminal? */
static inline bool lineage_is_awaited(const struct lineage *lineage)
{
	return lineage->is_forced || lineage->watchers;
}

/* What the vault says of it (LINEAGE in verbs.h). */
bool lineage_from_vault(
	struct lineage *lineage, const json_t *object, struct error *err);
bool lineage_set_version(
	struct lineage *lineage, const json_t *version, struct error *err);

/* What is installed: the vault has noted it, or could not. */
bool lineage_is_revoked(const struct lineage *lineage);

/* Keeps an event, the newest LINEAGE_EVENTS of them; fewer long ones, since
 * the vault keeps no more than 64 KiB. */
void lineage_add_event(struct lineage *lineage, json_t *event);

/* Notes an issuance. */
void lineage_add_issuance(struct lineage *lineage, int64_t when);

/* Notes that a CA has issued it, having validated its names or not. */
void lineage_note_proof(struct lineage *lineage, int64_t now);

/* Notes the CA and the account of what is installed (RFC 9773 section 5). */
void lineage_set_origin(
	struct lineage *lineage, const char *directory, const char *account);

/* Notes the names that what is installed was ordered for: a CA may add some
 * of its own, such as www. (C03). */
void lineage_set_asked(
	struct lineage *lineage, const struct config_certificate *certificate);

/* Is what is installed for the names of the configuration, no fewer and, of
 * those that we have asked for, no more? */
bool lineage_has_its_names(const struct lineage *lineage);

/* Did it come of the request that CSR= names, or, without CSR=, is its key
 * here? */
bool lineage_has_its_request(const struct lineage *lineage);

/* An attempt failed, or none has ever (err NULL). */
void lineage_set_failure(struct lineage *lineage, const struct error *err);

/* Makes `kept`, which the lineage owns, the same as `err`. */
void lineage_keep_error(struct error **kept, const struct error *err);

/* No placeholder could be made, which is no attempt. */
void lineage_set_unplaced(struct lineage *lineage, const struct error *err);

/* The CA that is asked next; it is configured. */
const struct config_ca *lineage_ca(const struct lineage *lineage);

/* Does the installed certificate come from a CA? */
bool lineage_has_certificate(const struct lineage *lineage);

/* Does an endpoint serve a certificate of it, as far as was seen? */
bool lineage_is_served(const struct lineage *lineage);

/* Was what is installed seen on the wire, if only once? */
bool lineage_was_served(const struct lineage *lineage);

/* Is all done of its deployment but what waits for its file to be mended, and
 * has nobody asked for the rest? */
bool lineage_waits_for_file(const struct lineage *lineage);

/* When the version ends that is served until what is installed is; 0: that is
 * in service, or there was none before it. */
int64_t lineage_deadline(const struct lineage *lineage);

/* Forgets failures and waits, when what they speak of has changed: another
 * CA, solver or set of names. `subject` is a text of all that. */
bool lineage_set_subject(struct lineage *lineage, const char *subject);
