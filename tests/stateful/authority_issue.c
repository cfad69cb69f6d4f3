/* SPDX-License-Identifier: MIT */

/* Certificates, good and others. */

#include "authority_order.h"

#include "mem.h"
#include "vault_run.h"
#include "world.h"

#include <openssl/pem.h>

#define ISSUES 64
#define CA_DAYS 900 /* a new intermediate after that */

enum kind {
	GOOD,
	OF_OTHER_KEY,
	EXPIRED,
	REVERSED,
	SHORT,
	CUT_OFF,
	NONSENSE,
	KINDS,
};

static struct little_ca ca;
static int64_t opened;
static struct order_issue issues[ISSUES];
static size_t issue_count;

static void renew_ca(void)
{
	if (opened && world_truth() < opened + CA_DAYS * DAY)
		return;
	if (opened)
		little_ca_close(&ca);
	little_ca_open(&ca);
	opened = world_truth();
}

char *order_make_chain(unsigned whim, const char *csr, int days)
{
	enum kind kind = (enum kind)(whim % KINDS);

	renew_ca();
	ca.days = kind == EXPIRED ? -1 : kind == SHORT ? 1 : days;
	ca.is_reversed = kind == REVERSED;
	if (kind == NONSENSE)
		return mem_string("-----BEGIN NOTHING-----\n");
	char *chain = kind == OF_OTHER_KEY
		? little_ca_sign_other(&ca, "stranger.example")
		: little_ca_sign(&ca, csr);
	if (kind == CUT_OFF)
		chain[strlen(chain) / 3] = '\0';
	return chain;
}

static int64_t seconds_of(const ASN1_TIME *time)
{
	struct tm parts;

	return ASN1_TIME_to_tm(time, &parts) ? timegm(&parts) : 0;
}

void order_note_issue(const char *chain)
{
	cleanup(bio) BIO *bio = BIO_new_mem_buf(chain, -1);
	cleanup(x509) X509 *leaf = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	if (!leaf)
		return;
	issues[issue_count++ % ISSUES] = (struct order_issue){
		.serial = ASN1_INTEGER_get(X509_get0_serialNumber(leaf)),
		.not_before = seconds_of(X509_get0_notBefore(leaf)),
		.not_after = seconds_of(X509_get0_notAfter(leaf)),
	};
}

const struct order_issue *order_find_issue(long serial)
{
	for (size_t i = 0; i < ISSUES && i < issue_count; i++)
		if (issues[i].serial == serial)
			return &issues[i];
	return NULL;
}

void orders_begin_issuing(void)
{
	opened = 0;
	issue_count = 0;
}

void orders_end_issuing(void)
{
	if (opened)
		little_ca_close(&ca);
	opened = 0;
}
