/* SPDX-License-Identifier: MIT */
#include "known_lineage.h"

#include "mem.h"

#include <check.h>
#include <stdio.h>

static void parse(struct identifier *out, const char *name)
{
	ck_assert(identifier_parse(name, out, NULL));
}

static void set_facts(
	struct certificate_facts *facts, int64_t age, int64_t lifetime)
{
	*facts = (struct certificate_facts){
		.serial = "0123",
		.fingerprint = "abcd",
		.issuer = "CN=Test",
		.key_type = "ecdsa-p256",
		.not_before = NOW - age,
		.not_after = NOW - age + lifetime - 1,
		.identifiers = mem_new(2 * sizeof(struct identifier)),
		.identifier_count = 1,
	};
	parse(&facts->identifiers[0], "example.org");
	parse(&facts->identifiers[1], "www.example.org"); /* not counted */
}

void known_lineage_make(
	struct known_lineage *known, int64_t age, int64_t lifetime)
{
	static char ca_name[] = "test";
	static char directory[] = "https://ca.test/directory";
	static char name[] = "example.org";
	static char file[] = "/etc/acmed/certs.d/example.org.conf";

	*known = (struct known_lineage){
		.ca = {.name = ca_name, .directory = directory},
		.certificate =
			{
				.name = name,
				.file = file,
				.identifier_count = 1,
				.key = KEY_ECDSA_P256,
				.placeholder = true,
			},
	};
	parse(&known->identifiers[0], "example.org");
	parse(&known->identifiers[1], "www.example.org");
	known->certificate.identifiers = known->identifiers;
	known->certificate.ca = &known->ca;
	known->lineage = lineage_new("example.org");
	known->lineage->certificate = &known->certificate;
	known->lineage->is_loaded = true;
	known->lineage->is_installed = true;
	known->lineage->version = 1;
	known->lineage->seed = 0;
	known->lineage->deploy.outcome = DEPLOY_SERVED;
	set_facts(&known->lineage->facts, age, lifetime);
}

void known_lineage_clear(struct known_lineage *known)
{
	lineage_free(known->lineage);
}

void known_lineage_set_placeholder(struct known_lineage *known)
{
	struct certificate_facts *facts = &known->lineage->facts;

	facts->self_signed = true;
	snprintf(facts->issuer, sizeof(facts->issuer), "CN=acmed placeholder");
	ck_assert(certificate_is_placeholder(facts));
}

void known_lineage_set_missing(struct known_lineage *known)
{
	known->lineage->is_installed = false;
}
