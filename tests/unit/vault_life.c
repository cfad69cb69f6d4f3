/* SPDX-License-Identifier: MIT */
#include "vault_life.h"

#include "json.h"
#include "mem.h"

#define NAME "a.example"

void life_save_order(struct vault_run *run, const char *url)
{
	run_do(run, "order-save", "s:s, s:{s:s, s:s, s:s}", "name", NAME,
		"order", "ca", "little", "url", url, "account",
		"https://ca.test/account/1");
}

char *life_make_chain(struct vault_run *run, struct little_ca *ca)
{
	const json_t *reply = run_do(run, "csr", "s:s", "name", NAME);

	return little_ca_sign(ca, member_string_or(reply, "csr", ""));
}

int64_t life_stage(struct vault_run *run, struct little_ca *ca)
{
	cleanup(string) char *chain = life_make_chain(run, ca);
	const json_t *reply =
		run_do(run, "stage", "s:s, s:s", "name", NAME, "chain", chain);

	return member_integer_or(reply, "version", 0);
}

int64_t life_issue(struct vault_run *run, struct little_ca *ca)
{
	life_save_order(run, "https://ca.test/order/1");
	int64_t version = life_stage(run, ca);
	run_do(run, "switch", "s:s, s:I", "name", NAME, "version",
		(json_int_t)version);
	return version;
}

const json_t *life_load_first(struct vault_run *run)
{
	const json_t *reply = run_do(run, "load", "s:s", "after", "");

	return json_array_get(json_object_get(reply, "certificates"), 0);
}
