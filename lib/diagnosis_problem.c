/* SPDX-License-Identifier: MIT */
#include "diagnosis.h"

#include "text.h"

#include <ctype.h>
#include <stdlib.h>

#define FAR "During secondary validation: "

/*
 * The words by which CAs tell the causes apart (failures.md 14). The first
 * row that fits counts, so what is special stands before what is general. A
 * type of NULL is any, words of "" are any; small and capital letters are the
 * same. The words are Boulder's, Pebble's, step-ca's, Sectigo's (ZeroSSL),
 * Google's and SSL.com's.
 */
struct words {
	const char *type;
	const char *words;
	const char *code;
};

/* These quote a stranger, who may say anything: they are looked at first. */
static const struct words QUOTING[] = {
	{NULL, "(got \"<", "H5"}, /* a page, and no file of anybody's */
	{NULL, "did not match this challenge", "H9"},
	{NULL, "keyAuthorization does not match; expected", "H9"}, /* step-ca */
	{NULL, "Incorrect TXT record", "D3"},
};

/* What is said whatever the type: CAs differ in them. */
static const struct words GENERAL[] = {
	{NULL, "temporarily prevented", "R4"},
	{NULL, "Account is not valid", "A2"},
	{NULL, "Account has been deactivated", "A2"},
	{NULL, "account is deactivated", "A2"},
	{NULL, "exists but is deactivated", "A2"},
	{NULL, "Account is not active", "A2"},
	{NULL, "certificate public key must be different", ""}, /* a bug */
	{NULL, "No account exists", "A3"},
	{NULL, "No account found", "A3"},
	{NULL, "external account binding", "A4"},
	{NULL, "externalAccountBinding", "A4"},
	{NULL, "account with an email address first", "A5"},
	{NULL, "terms of service", "A1"},
	{NULL, "anti-replay nonce", "K8"},
	{NULL, "down for maintenance", "N8"},
	{NULL, "ACMEv1", "N9"},
	{NULL, "Invalid ACME server URL", "N9"},
	{NULL, "must-staple", "K7"},
	{NULL, "certificate profile", "K7"},
	{NULL, "See available profiles", "K7"},
	{NULL, "too many failed authorizations", "R1"},
	{NULL, "exact set of", "R2"},
	{NULL, "too many certificates", "R3"},
	{NULL, "too many new orders", "R3"},
	{NULL, "too many new registrations", "R3"},
	{NULL, "too many registrations", "R3"},
	{NULL, "too many currently pending", "R3"},
	{NULL, "replacement order", "K4"},
	{NULL, "certificate being replaced", "K4"},
	{NULL, "`replaces` field", "K4"},
	{NULL, "'replaces' field", "K4"},
	{NULL, "expired authorization", "X5"},
	{NULL, "authorization expired", "X5"},
	{"malformed", "order expired", "X5"},
	/* A CAA record that cannot be read is the fault of the servers. */
	{NULL, "prevents issuance", "D8"},
	{NULL, "CAA record does not include", "D8"},
	{NULL, "looking up CAA", "D7"},
};

static const struct words OF_WEB[] = {
	{NULL, "redirect target", "H6"},
	{NULL, "Redirect loop detected", "H6"},
	{NULL, "Too many redirects", "H6"},
	{NULL, "disallowed redirect status", "H6"},
	{NULL, "no IPv4 addresses to try as fallback", "H7"},
	/* http-01 begins without TLS: the CA was sent there. */
	{"connection", "Fetching https://", "H6"},
	{"tls", "Fetching https://", "H6"},
	{"malformed", "Fetching https://", "H6"},
	{NULL, "Timeout during connect", "H1"},
	{NULL, "your server may be slow or overloaded", "H12"},
	{NULL, "Error getting validation data", "H12"},
	{NULL, "Error reading HTTP response body", "H12"},
	{"connection", "Connection refused", "H1"},
	{"connection", "Connection reset by peer", "H1"},
	{"connection", "No route to host", "H1"},
	{"connection", "Network unreachable", "H1"},
	{"connection", "Network is unreachable", "H1"},
	{"connection", "i/o timeout", "H1"},
};

static const struct words OF_TLS[] = {
	{NULL, "cannot negotiate ALPN", "T2"},
	{NULL, "Server only speaks HTTP, not TLS", "T2"},
	{NULL, "no application protocol", "T2"},
	{NULL, "does not look like a TLS handshake", "T2"},
	{NULL, "No certs presented", "T2"},
	{NULL, "not self-signed", "T1"},
	{NULL, "1.3.6.1.5.5.7.1.31 is not present", "T1"},
	{NULL, "acmeValidation", "T4"},
	{NULL, "unexpected identifiers", "T4"},
	{NULL, "unexpected extensions", "T4"},
	{NULL, "unrecognized name", "T4"},
	{NULL, "Incorrect validation certificate", "T1"},
	{NULL, "incorrect certificate for tls-alpn-01", "T1"},
	{NULL, "Failed to connect to", "H1"}, /* Pebble, of port 443 */
	{"tls", "", "T2"},
};

static const struct words OF_DNS[] = {
	{NULL, "DNSSEC", "D7"},
	{"dnssec", "", "D7"},
	{NULL, "query timed out", "D7"},
	{NULL, "SERVFAIL", "D7"},
	{NULL, "DNS problem: REFUSED", "D7"},
	{NULL, "DNS problem: networking error", "D7"},
	{NULL, "DNS problem: server failure", "D7"},
	{NULL, "response was truncated", "D7"},
	/* An extended error of the resolver (RFC 8914), but of no DNSSEC. */
	{NULL, "DNS problem: looking up", "D7"},
	{NULL, "DNS-PERSIST-01 challenge", "D11"},
	{NULL, "accounturi mismatch", "D11"},
	{NULL, "NXDOMAIN looking up TXT", "D5"},
	{NULL, "unsuccessful response: 3", "D5"}, /* Pebble: NXDOMAIN */
	{NULL, "NXDOMAIN", "H14"},
	{NULL, "Correct value not found for DNS", "D3"},
	{NULL, "No TXT record", "D2"},
	{NULL, "retrieving TXT records", "D7"},
	{NULL, "looking up TXT", "D2"},
	{NULL, "no valid A records", "H14"},
	{NULL, "No valid IP addresses", "H14"},
	{NULL, "no IP addresses found", "H14"},
	{NULL, "could not resolve URL", "H14"}, /* Pebble */
	{NULL, "no such host", "H14"},
};

/* What the type alone says. */
static const struct words TYPES[] = {
	{"badNonce", "", "K8"},
	{"serverInternal", "", "K2"},
	{"userActionRequired", "", "A1"},
	{"externalAccountRequired", "", "A4"},
	{"accountDoesNotExist", "", "A3"},
	{"invalidContact", "", "A6"},
	{"unsupportedContact", "", "A6"},
	{NULL, "contact email", "A6"},
	{NULL, "invalid contact domain", "A6"},
	{NULL, "email is invalid", "A6"},
	{"alreadyReplaced", "", "K4"},
	{"conflict", "already in use", ""}, /* a key, when it is changed */
	{"conflict", "", "K4"},
	{"badCSR", "", "K7"},
	{"badPublicKey", "", "K7"},
	{"badSignatureAlgorithm", "", "K7"},
	{"invalidProfile", "", "K7"},
	{NULL, "Cannot issue for", "K10"},
	{NULL, "forbidden by policy", "K10"},
	{NULL, "Policy forbids issuing", "K10"},
	{"malformed", "Domain name", "K10"},
	{"malformed", "DNS identifier", "K10"},
	{"malformed", "DNS type identifier", "K10"},
	{"malformed", "public suffix", "K10"},
	{"rejectedIdentifier", "", "K10"},
	{"unsupportedIdentifier", "", "K10"},
	{"rateLimited", "too many requests", "R5"},
	{"rateLimited", "too many", "R3"},
	{"rateLimited", "", "R5"},
	{"caa", "", "D8"},
};

static bool fits(const struct words *row, const char *type, const char *detail)
{
	return (!row->type || streq(row->type, type)) &&
		strcasestr(detail, row->words);
}

/* NULL when no row fits: "" is an answer too. */
static const char *find(const struct words *rows, size_t count,
	const char *type, const char *detail)
{
	for (size_t i = 0; i < count; i++)
		if (fits(&rows[i], type, detail))
			return rows[i].code;
	return NULL;
}

#define FIND(rows, type, detail) \
	find(rows, sizeof(rows) / sizeof(*(rows)), type, detail)

/* What stands in front of a web server says who it is. */
static bool is_of_filter(const char *detail)
{
	static const char *const NAMES[] = {"cloudflare", "captcha", "sucuri",
		"incapsula", "akamai", "Just a moment", "Access denied"};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++)
		if (strcasestr(detail, NAMES[i]))
			return true;
	return false;
}

/*
 * Where the name's own server gave a status: "Invalid response from URL: 404"
 * (or the begin of its page in quotes), Pebble's "Non-200 status code from
 * HTTP: URL returned 404", step-ca's "... with status code 404".
 */
static const struct {
	const char *begin;
	const char *before;
} RESPONSES[] = {
	{"Invalid response from ", ": "},
	{"Non-200 status code", " returned "},
	{"error doing http GET for url", " status code "},
};

static const char *code_of_status(const char *words)
{
	return isdigit(*words) ? diagnosis_of_status(atoi(words)) : "H5";
}

static const char *code_of_page(const char *detail, const char *url)
{
	if (is_of_filter(detail))
		return "H10";
	return text_starts_with(url, "https://") ? "H4" : "H5";
}

static const char *code_of_response(const char *detail)
{
	for (size_t i = 0; i < sizeof(RESPONSES) / sizeof(*RESPONSES); i++) {
		const char *begin = strstr(detail, RESPONSES[i].begin);
		if (!begin)
			continue;
		const char *url = begin + strlen(RESPONSES[i].begin);
		const char *status = strstr(url, RESPONSES[i].before);
		if (!status)
			return NULL;
		const char *code =
			code_of_status(status + strlen(RESPONSES[i].before));
		return streq(code, "H5") ? code_of_page(detail, url) : code;
	}
	return NULL;
}

const char *diagnosis_of_status(int status)
{
	if (status == 401 || status == 403)
		return "H8";
	if (status >= 300 && status < 400)
		return "H4";
	return status >= 500 ? "H12" : "H5";
}

/* "2001:db8::7: Fetching ...", Pebble's "dial tcp [2001:db8::7]:80": over
 * which address the CA came. */
static bool is_over_ipv6(const char *detail)
{
	size_t length = strspn(detail, "0123456789abcdefABCDEF:.");

	if (strstr(detail, "dial tcp ["))
		return true;
	return length > 2 && detail[length] == ' ' &&
		detail[length - 1] == ':' &&
		memchr(detail, ':', length - 1) != NULL;
}

static const char *code_of_web(const char *type, const char *detail)
{
	const char *code = FIND(OF_WEB, type, detail);

	return code && streq(code, "H1") && is_over_ipv6(detail) ? "H7" : code;
}

/* step-ca says of a TXT record what it says of a file, but in a list. */
static const char *code_of_quote(const char *type, const char *detail)
{
	const char *code = FIND(QUOTING, type, detail);

	return code && strstr(detail, "but got [") ? "D3" : code;
}

const char *diagnosis_of_problem(const char *type, const char *detail)
{
	const char *code = text_starts_with(detail, FAR) ? "H11" : NULL;

	if (!code)
		code = code_of_response(detail);
	if (!code)
		code = code_of_quote(type, detail);
	if (!code)
		code = FIND(GENERAL, type, detail);
	if (!code)
		code = code_of_web(type, detail);
	if (!code)
		code = FIND(OF_TLS, type, detail);
	if (!code)
		code = FIND(OF_DNS, type, detail);
	if (!code)
		code = FIND(TYPES, type, detail);
	return code ? code : "";
}

const char *diagnosis_of_inner(const char *type, const char *detail)
{
	if (!text_starts_with(detail, FAR))
		return "";
	return diagnosis_of_problem(type, detail + strlen(FAR));
}
