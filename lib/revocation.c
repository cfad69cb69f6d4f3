/* SPDX-License-Identifier: MIT */
#include "revocation.h"

#include "base64url.h"
#include "crypto_error.h"
#include "json.h"
#include "mem.h"
#include "problem.h"
#include "text.h"

#include <assert.h>
#include <ctype.h>

static const struct {
	enum revocation_reason reason;
	const char *name;
} REASONS[] = {
	{REVOCATION_UNSPECIFIED, "unspecified"},
	{REVOCATION_KEY_COMPROMISE, "keyCompromise"},
	{REVOCATION_AFFILIATION_CHANGED, "affiliationChanged"},
	{REVOCATION_SUPERSEDED, "superseded"},
	{REVOCATION_CESSATION_OF_OPERATION, "cessationOfOperation"},
	{REVOCATION_PRIVILEGE_WITHDRAWN, "privilegeWithdrawn"},
};

#define REASON_COUNT (sizeof(REASONS) / sizeof(*REASONS))

enum step {
	STEP_BY_ACCOUNT,
	STEP_BY_CERTIFICATE,
	STEP_END,
};

struct revocation {
	const struct directory *directory; /* borrowed */
	struct revocation_wish wish;
	json_t *subject; /* owned */
	enum step step;
	enum revocation_state state;
	bool out; /* the request waits for its reply */
	bool is_second; /* the other key was tried before */
	struct request request;
	struct error error;
};

/* "key-compromise" is "keyCompromise". */
static bool is_name(const char *text, const char *name)
{
	for (; *text; text++) {
		if (*text == '-' || *text == '_')
			continue;
		if (tolower((unsigned char)*text) !=
			tolower((unsigned char)*name))
			return false;
		name++;
	}
	return *name == '\0';
}

bool revocation_reason_parse(const char *name, enum revocation_reason *reason)
{
	for (size_t i = 0; i < REASON_COUNT; i++) {
		if (!is_name(name, REASONS[i].name))
			continue;
		*reason = REASONS[i].reason;
		return true;
	}
	return false;
}

const char *revocation_reason_name(enum revocation_reason reason)
{
	for (size_t i = 0; i < REASON_COUNT; i++)
		if (REASONS[i].reason == reason)
			return REASONS[i].name;
	return "";
}

bool revocation_reason_is_known(int64_t number)
{
	for (size_t i = 0; i < REASON_COUNT; i++)
		if ((int64_t)REASONS[i].reason == number)
			return true;
	return false;
}

/* The one writer of the step. */
static void go(struct revocation *revocation, enum step step)
{
	revocation->step = step;
}

static void end(struct revocation *revocation, enum revocation_state state)
{
	revocation->state = state;
	go(revocation, STEP_END);
}

static void stop(struct revocation *revocation, const struct error *err)
{
	revocation->error = *err;
	end(revocation, REVOCATION_FAILED);
}

static enum step first_step(const struct revocation_wish *wish)
{
	bool is_compromised = wish->reason == REVOCATION_KEY_COMPROMISE;

	if (wish->has_key && (is_compromised || !wish->has_account))
		return STEP_BY_CERTIFICATE;
	return STEP_BY_ACCOUNT;
}

struct revocation *revocation_new(const struct directory *directory,
	const struct revocation_wish *wish, struct error *err)
{
	if (!directory->revoke_cert || (!wish->has_account && !wish->has_key)) {
		fail(err, ERROR_REFUSED,
			directory->revoke_cert
				? "there is neither an account at '%.250s' nor "
				  "the certificate's key"
				: "the CA at '%.250s' revokes nothing over "
				  "ACME",
			directory->url);
		return NULL;
	}
	struct revocation *revocation = calloc(1, sizeof(*revocation));
	if (!revocation) {
		fail_memory(err);
		return NULL;
	}
	revocation->directory = directory;
	revocation->wish = *wish;
	revocation->subject = json_pack("{s:s, s:i, s:i}", "name",
		wish->name ? wish->name : "", "version", (int)wish->version,
		"reason", (int)wish->reason);
	go(revocation, first_step(wish));
	return revocation;
}

void revocation_free(struct revocation *revocation)
{
	if (!revocation)
		return;
	request_clear(&revocation->request);
	json_decref(revocation->subject);
	free(revocation);
}

const struct request *revocation_next(struct revocation *revocation)
{
	struct error err = {0};
	enum request_signer signer = revocation->step == STEP_BY_ACCOUNT
		? REQUEST_REVOCATION
		: REQUEST_REVOCATION_BY_CERTIFICATE;

	if (revocation->out || revocation->step == STEP_END)
		return NULL;
	if (!request_set(&revocation->request, signer,
		    revocation->directory->revoke_cert, "")) {
		fail_memory(&err);
		stop(revocation, &err);
		return NULL;
	}
	revocation->request.subject = json_incref(revocation->subject);
	revocation->out = true;
	return &revocation->request;
}

/* The account that issued it is not this one (any more): is there a key? */
static bool may_switch(
	const struct revocation *revocation, const struct reply *reply)
{
	bool has_other = revocation->step == STEP_BY_ACCOUNT
		? revocation->wish.has_key
		: revocation->wish.has_account;

	return has_other && !revocation->is_second &&
		(reply->status == 401 || reply->status == 403 ||
			problem_is(reply, "unauthorized") ||
			problem_is(reply, "accountDoesNotExist"));
}

void revocation_done(struct revocation *revocation, const struct reply *reply,
	const struct error *err)
{
	struct error problem = {0};

	assert(!reply != !err);
	if (!revocation->out)
		return;
	revocation->out = false;
	if (err)
		return stop(revocation, err);
	if (reply_is_ok(reply) || problem_is(reply, "alreadyRevoked"))
		return end(revocation, REVOCATION_DONE);
	if (may_switch(revocation, reply)) {
		revocation->is_second = true;
		return go(revocation,
			revocation->step == STEP_BY_ACCOUNT
				? STEP_BY_CERTIFICATE
				: STEP_BY_ACCOUNT);
	}
	problem_from_reply(reply, &problem);
	stop(revocation, &problem);
}

enum revocation_state revocation_state(const struct revocation *revocation)
{
	return revocation->state;
}

const struct error *revocation_error(const struct revocation *revocation)
{
	return &revocation->error;
}

char *revocation_payload(
	X509 *leaf, enum revocation_reason reason, struct error *err)
{
	unsigned char *der = NULL;
	int length = i2d_X509(leaf, &der);

	if (length < 0) {
		fail_crypto(err, ERROR_LOCAL, "cannot write a certificate");
		return NULL;
	}
	cleanup(string) char *encoded = base64url_encode(der, (size_t)length);
	OPENSSL_free(der);
	cleanup(json) json_t *payload =
		encoded ? json_pack("{s:s}", "certificate", encoded) : NULL;
	if (payload && reason != REVOCATION_UNSPECIFIED)
		json_object_set_new(
			payload, "reason", json_integer((json_int_t)reason));
	char *text = payload ? json_write(payload) : NULL;
	if (!text)
		fail_memory(err);
	return text;
}
