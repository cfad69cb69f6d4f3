/* SPDX-License-Identifier: MIT */

/*
 * The objects of ACME (RFC 8555 section 7.1, RFC 9773, RFC 7807).
 */

#include "account.h"
#include "kind.h"
#include "mem.h"
#include "order_document.h"
#include "problem.h"
#include "renewal_info.h"
#include "replies.h"
#include "reply.h"

#define JSON "Content-Type: application/json\r\n"
#define PROBLEM "Content-Type: application/problem+json\r\n"
#define LOCATION "Location: https://ca.example/account/1\r\n"
#define ID "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"

typedef bool reply_reader(struct text *seen, const struct reply *reply);

static void add(struct text *seen, const char *value)
{
	text_addf(seen, "[%s]", value ? value : "none");
}

static void add_json(struct text *seen, const json_t *value)
{
	cleanup(string) char *text =
		value ? json_dumps(value, JSON_COMPACT) : NULL;

	add(seen, text);
}

static bool read_reply(struct text *seen, long status, const char *head,
	const char *bytes, size_t length, reply_reader *read)
{
	struct hostile_reply reply;
	bool is_read =
		hostile_reply_make(&reply, status, head, bytes, length) &&
		read(seen, &reply.acme.reply);

	hostile_reply_clear(&reply);
	return is_read;
}

static bool read_directory(struct text *seen, const struct reply *reply)
{
	struct directory *directory =
		directory_parse("https://ca.example/directory", reply, NULL);

	if (!directory)
		return false;
	add(seen, directory->new_nonce);
	add(seen, directory->new_account);
	add(seen, directory->new_order);
	add(seen, directory->revoke_cert);
	add(seen, directory->key_change);
	add(seen, directory->renewal_info);
	add(seen, directory->terms);
	add(seen, directory->website);
	add(seen, directory->account_hash_prefix);
	add(seen, directory->eab_required ? "bound" : "free");
	add_json(seen, directory->profiles);
	add_json(seen, directory->caa_identities);
	add_json(seen, directory->issuer_domain_names);
	directory_free(directory);
	return true;
}

bool hostile_directory(struct text *seen, const char *bytes, size_t length)
{
	return read_reply(seen, 200, JSON, bytes, length, read_directory);
}

static bool read_account(struct text *seen, const struct reply *reply)
{
	struct account_wish wish = {.agree_to_terms = true};
	struct account *account =
		account_new(fuzz_directory_known(), &wish, NULL);

	fuzz_check(account_next(account));
	account_done(account, reply, NULL);
	fuzz_check(!account_next(account));
	bool is_ready = account_state(account) == ACCOUNT_READY;
	add(seen, account_url(account));
	add(seen, account_is_bound(account) ? "bound" : "free");
	account_free(account);
	return is_ready;
}

bool hostile_account(struct text *seen, const char *bytes, size_t length)
{
	return read_reply(
		seen, 201, JSON LOCATION, bytes, length, read_account);
}

static void add_order(struct text *seen, const struct order_document *document)
{
	text_addf(seen, "[%d %zu %lld]", (int)document->status,
		document->identifier_count, (long long)document->expires);
	for (size_t i = 0; i < document->authorization_count; i++)
		add(seen, document->authorizations[i]);
	add(seen, document->finalize);
	add(seen, document->certificate);
	text_addf(seen, "[%d %s]", (int)document->error.kind,
		document->error.text);
}

/* One for other names is refused, as the order's machine does it. */
static bool read_order(struct text *seen, const struct reply *reply)
{
	struct identifier name;
	struct order_plan plan = {.identifiers = &name, .identifier_count = 1};
	struct order_document document = {0};

	identifier_parse("a.example", &name, NULL);
	bool is_read = order_document_read(reply, &document, NULL) &&
		order_document_is_for(&document, &plan);
	if (is_read)
		add_order(seen, &document);
	order_document_clear(&document);
	return is_read;
}

bool hostile_order(struct text *seen, const char *bytes, size_t length)
{
	return read_reply(seen, 200, JSON, bytes, length, read_order);
}

/* There is always an error; what it says is what was understood. */
static bool read_problem(struct text *seen, const struct reply *reply)
{
	struct error err = {0};

	problem_from_reply(reply, &err);
	fuzz_check_error(&err);
	text_addf(seen, "[%d %s %g %s]", (int)err.kind, err.code,
		err.retry_after, err.text);
	return true;
}

bool hostile_problem(struct text *seen, const char *bytes, size_t length)
{
	return read_reply(seen, 403, PROBLEM, bytes, length, read_problem);
}

static bool read_renewal(struct text *seen, const struct reply *reply)
{
	struct renewal_info info = {0};

	renewal_info_bind(&info, ID);
	bool is_read = renewal_info_read(&info, reply, 0.5, FUZZ_NOW, NULL);
	text_addf(seen, "[%lld %lld %lld %s]", (long long)info.start,
		(long long)info.end, (long long)info.next, info.explanation);
	return is_read;
}

bool hostile_renewal(struct text *seen, const char *bytes, size_t length)
{
	return read_reply(seen, 200, JSON, bytes, length, read_renewal);
}
