/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the methods of org.acmed.Control share: parameters, refusals, and the
 * methods that have a file of their own. Nobody but them includes this.
 */

#include "methods.h"

/* A string, or NULL. */
const char *method_parameter(const struct call *call, const char *name);

/* The lineage of the parameter `name`; NULL: the call is answered already. */
struct lineage *method_find(struct methods *methods, struct call *call);

/* The same of one that may be changed: its saved state is known. */
struct lineage *method_find_loaded(struct methods *methods, struct call *call);

/* Is it root, the daemon's own user, or one of the admin group? */
bool method_may_change(const struct call *call);

/* The three ways to fail; each is the call's last reply. */
void method_fail_parameter(struct call *call, const char *name);
void method_refuse(struct call *call, const struct error *why);
void method_fail(struct call *call, const struct error *err);

/* Status, page by page (method_walk.h). */
void method_status(struct methods *methods, struct call *call);
/* Events of one certificate by time, or of all, each page by time. */
void method_history(struct methods *methods, struct call *call);
/* Each finding, then the verdict over all. */
void method_diagnose(struct methods *methods, struct call *call);
/* The text for Prometheus, page by page. */
void method_metrics(struct methods *methods, struct call *call);
/* Begun, and with `more` followed to the end of all that is under way. */
void method_renew(struct methods *methods, struct call *call);
void method_rollback(struct methods *methods, struct call *call);
/* The accounts at the CAs, or at one, which is asked. */
void method_account(struct methods *methods, struct call *call);
void method_account_rollover(struct methods *methods, struct call *call);
void method_account_deactivate(struct methods *methods, struct call *call);
/* Replaced first, or at once. */
void method_revoke(struct methods *methods, struct call *call);
/* A test by every channel to people. */
void method_notify_test(struct methods *methods, struct call *call);
/* Events as they happen, until the client goes. */
void method_watch(struct methods *methods, struct call *call);
