/* SPDX-License-Identifier: MIT */
#include "near_life.h"

#include "json.h"
#include "mem.h"
#include "text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "a.example"
#define SITE "etc/certs.d/" NAME ".conf"
#define SECTION "[Certificate]\nNames=" NAME " www." NAME "\n%s"

void near_prepare(struct vault_run *run)
{
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	run_prepare(run);
	ck_assert_int_eq(mkdir(run_path(run, "state"), 0755), 0);
}

static void open_in(struct vault_run *run)
{
	near_open(run_path(run, "etc"), run_path(run, "state"));
}

void near_start(struct vault_run *run)
{
	open_in(run);
	near_rescan();
}

void near_begin(struct vault_run *run)
{
	near_prepare(run);
	near_start(run);
}

void near_reopen(struct vault_run *run)
{
	near_close();
	open_in(run);
}

void near_restart(struct vault_run *run)
{
	near_close();
	near_start(run);
}

void near_end(struct vault_run *run)
{
	near_close();
	run_clean(run);
}

/* The configuration. */

void near_rescan(void)
{
	json_decref(near_do("configure", ""));
}

void near_configure(struct vault_run *run, const char *more)
{
	cleanup(string) char *text = text_format(SECTION, more);

	run_write(run, SITE, text);
	near_rescan();
}

void near_write_dynamic(struct vault_run *run, const char *more)
{
	cleanup(string) char *text = text_format(SECTION
		"[Challenge " NAME "]\nType=dns-01\nSolver=rfc2136\n"
		"Server=192.0.2.53\nKeyFile=%s\n",
		more, run_path(run, "etc/tsig"));

	run_write(run, SITE, text);
}

/* The certificate. */

void near_save_order(const char *ca)
{
	json_decref(near_do("order-save", "s:s, s:{s:s, s:s, s:s}", "name",
		NAME, "order", "ca", ca, "url", "https://ca.test/order/1",
		"account", "https://ca.test/account/1"));
}

char *near_make_csr(void)
{
	cleanup(json) json_t *reply = near_do("csr", "s:s", "name", NAME);

	return strdup(member_string_or(reply, "csr", ""));
}

char *near_make_chain(struct little_ca *ca)
{
	cleanup(string) char *csr = near_make_csr();

	return little_ca_sign(ca, csr);
}

int near_stage(const char *chain)
{
	cleanup(json) json_t *reply =
		near_do("stage", "s:s, s:s", "name", NAME, "chain", chain);

	return (int)member_integer_or(reply, "version", 0);
}

void near_switch(int version)
{
	json_decref(near_do(
		"switch", "s:s, s:i", "name", NAME, "version", version));
}

void near_install(struct little_ca *ca)
{
	cleanup(string) char *chain = near_make_chain(ca);

	near_switch(near_stage(chain));
}

json_t *near_load_first(void)
{
	cleanup(json) json_t *reply = near_do("load", "s:s", "after", "");

	return json_incref(
		json_array_get(json_object_get(reply, "certificates"), 0));
}
