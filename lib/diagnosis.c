/* SPDX-License-Identifier: MIT */
#include "diagnosis.h"

#include "diagnosis_group.h"
#include "text.h"

/*
 * The words by which CAs tell the causes apart: type first, text second
 * (failures.md 14). The first row that fits counts. The words are Boulder's
 * and Pebble's; a type of NULL is any, words of "" are any.
 */
static const struct {
	const char *type;
	const char *words;
	const char *code;
} WORDS[] = {
	{NULL, "During secondary validation:", "H11"},
	{NULL, "temporarily prevented", "R4"},
	{NULL, "Account is not valid", "A2"},
	{NULL, "Account has been deactivated", "A2"}, /* Pebble */
	{NULL, "account is not active", "A2"}, /* step-ca */
	{NULL, "xternal account binding", "A4"},
	{"badNonce", "", "K8"},
	{"serverInternal", "", "K2"},
	{"userActionRequired", "", "A1"},
	{"externalAccountRequired", "", "A4"},
	{"accountDoesNotExist", "", "A3"},
	{"invalidContact", "", "A6"},
	{"unsupportedContact", "", "A6"},
	{"alreadyReplaced", "", "K4"},
	{"conflict", "", "K4"},
	{"badCSR", "", "K7"},
	{"invalidProfile", "", "K7"},
	/* step-ca calls these rejectedIdentifier. */
	{NULL, "annot negotiate ALPN", "T2"},
	{NULL, "acmeValidationV1", "T4"},
	{NULL, "ncorrect certificate for tls-alpn-01", "T1"},
	{"rejectedIdentifier", "", "K10"},
	{"unsupportedIdentifier", "", "K10"},
	{"rateLimited", "failed authorizations", "R1"},
	{"rateLimited", "exact set", "R2"},
	{"rateLimited", "too many", "R3"},
	{"rateLimited", "", "R5"},
	/* A CAA record that cannot be read is the fault of the servers. */
	{"caa", "prevents issuance", "D8"},
	{NULL, "looking up CAA", "D7"},
	{"caa", "", "D8"},
	{NULL, "key authorization file from the server did not match", "H9"},
	{NULL, "Invalid port in redirect target", "H6"},
	{NULL, "Invalid host in redirect target", "H6"},
	{NULL, "Redirect loop detected", "H6"},
	{NULL, "Too many redirects", "H6"},
	{NULL, "disallowed redirect status", "H6"},
	{NULL, "Timeout during connect", "H1"},
	{NULL, "Timeout after connect", "H12"},
	{NULL, "Error getting validation data", "H12"},
	{"connection", "onnection refused", "H1"},
	{"connection", "No route to host", "H1"},
	{"connection", "etwork is unreachable", "H1"},
	{NULL, "Server only speaks HTTP, not TLS", "T2"},
	{NULL, "no application protocol", "T2"},
	{NULL, "first record does not look like a TLS handshake", "T2"},
	{NULL, "No certs presented", "T2"},
	{NULL, "not self-signed", "T1"},
	{NULL, "unexpected identifiers", "T4"},
	{NULL, "unrecognized name", "T4"},
	{NULL, "Incorrect validation certificate", "T1"},
	{NULL, "Incorrect TXT record", "D3"},
	{NULL, "No TXT record", "D2"},
	{NULL, "could not resolve URL", "H14"}, /* Pebble */
	{NULL, "Failed to connect to", "H1"}, /* Pebble, of port 443 */
	{"dns", "DNSSEC", "D7"},
	{"dnssec", "", "D7"},
	{"dns", "SERVFAIL", "D7"},
	{"dns", "REFUSED", "D7"},
	{"dns", "query timed out", "D7"},
	{"dns", "looking up TXT", "D2"},
	{"dns", "NXDOMAIN", "H14"},
	{"dns", "no valid A", "H14"},
	{"dns", "No valid IP addresses", "H14"},
};

/* The status that the name's own server gave stands at the end: "Invalid
 * response from URL: 404", or Pebble's "Non-200 status code from HTTP: URL
 * returned 404". NULL when it is neither. */
static const char *find_status(const char *detail)
{
	static const struct {
		const char *begin;
		const char *before;
	} FORMS[] = {
		{"Invalid response from ", ": "},
		{"Non-200 status code", " returned "},
	};
	for (size_t i = 0; i < sizeof(FORMS) / sizeof(*FORMS); i++) {
		const char *at = strstr(detail, FORMS[i].begin);
		const char *found = NULL;
		while (at && (at = strstr(at, FORMS[i].before)))
			found = at += strlen(FORMS[i].before);
		if (found)
			return found;
	}
	return NULL;
}

static const char *code_of_response(const char *detail)
{
	const char *status = find_status(detail);

	if (!status)
		return "";
	if (text_starts_with(status, "403") || text_starts_with(status, "401"))
		return "H8";
	if (text_starts_with(status, "30"))
		return "H4";
	return *status == '5' ? "H12" : "H5";
}

static bool fits(const char *type, const char *detail, const char *want,
	const char *words)
{
	return (!want || streq(want, type)) && strstr(detail, words);
}

const char *diagnosis_of_problem(const char *type, const char *detail)
{
	for (size_t i = 0; i < sizeof(WORDS) / sizeof(*WORDS); i++)
		if (fits(type, detail, WORDS[i].type, WORDS[i].words))
			return WORDS[i].code;
	return code_of_response(detail);
}

static const struct diagnosis_group *const GROUPS[] = {
	&diagnosis_network,
	&diagnosis_paths,
	&diagnosis_names,
	&diagnosis_ca,
	&diagnosis_machine,
	&diagnosis_deploy,
};

const struct diagnosis *diagnosis_at(size_t index)
{
	for (size_t i = 0; i < sizeof(GROUPS) / sizeof(*GROUPS); i++) {
		if (index < GROUPS[i]->count)
			return &GROUPS[i]->rows[index];
		index -= GROUPS[i]->count;
	}
	return NULL;
}

const struct diagnosis *diagnosis_find(const char *code)
{
	const struct diagnosis *row;

	for (size_t i = 0; (row = diagnosis_at(i)); i++)
		if (streq(row->code, code))
			return row;
	return NULL;
}

const struct diagnosis_event *diagnosis_event_find(const char *name)
{
	size_t count;
	const struct diagnosis_event *table = diagnosis_events(&count);

	for (size_t i = 0; i < count; i++)
		if (streq(table[i].name, name))
			return &table[i];
	return NULL;
}
