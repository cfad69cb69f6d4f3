/* SPDX-License-Identifier: MIT */
#include "http_failure.h"

#include "text.h"

#include <string.h>

/* A proxy's URL without its password. */
static const char *proxy_host(const char *proxy)
{
	const char *at = strrchr(proxy, '@');
	const char *slashes = strstr(proxy, "://");

	if (at)
		return at + 1;
	return slashes ? slashes + 3 : proxy;
}

void http_failure_name_host(
	const struct http_failure *failure, struct error *err)
{
	if (failure->stage >= HTTP_REPLY)
		error_prefix(err, "no reply from CA host '%s'", failure->host);
	else if (failure->proxy)
		error_prefix(err, "cannot reach CA host '%s' through '%s'",
			failure->host, proxy_host(failure->proxy));
	else
		error_prefix(err, "cannot reach CA host '%s'", failure->host);
}

void http_failure_of_time(
	const struct http_failure *failure, double seconds, struct error *err)
{
	const char *code =
		diagnosis_of_timeout(failure->stage, failure->proxy != NULL);

	switch (failure->stage) {
	case HTTP_NAME:
		fail_cause(err, ERROR_TRANSIENT, code,
			"name look-up timed out after %g s", seconds);
		break;
	case HTTP_TCP:
		fail_cause(err, ERROR_TRANSIENT, code,
			"TCP connect timed out after %g s "
			"(check the firewall for tcp/%s)",
			seconds, failure->port);
		break;
	case HTTP_TLS:
		fail_cause(err, ERROR_TRANSIENT, code,
			"TLS handshake timed out after %g s", seconds);
		break;
	case HTTP_WAITING:
	case HTTP_REPLY:
		fail_cause(err, ERROR_TRANSIENT, code,
			"nothing arrived within %g s", seconds);
		break;
	case HTTP_BODY:
		fail_cause(err, ERROR_TRANSIENT, code,
			"stalled for %g s after %zu bytes", seconds,
			failure->received);
		break;
	}
	http_failure_name_host(failure, err);
}

static void of_connect(
	const struct http_failure *failure, CURL *easy, struct error *err)
{
	long number = 0;

	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
	fail_cause(err, ERROR_TRANSIENT,
		diagnosis_of_connect((int)number, failure->proxy != NULL),
		"TCP connect to port %s failed: %s", failure->port,
		number ? strerror((int)number) : "no address answers");
}

static bool is_cut(CURLcode code)
{
	return code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
		code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE;
}

/* The connection ended before the reply did. */
static void of_cut(const struct http_failure *failure, const char *code,
	const char *detail, struct error *err)
{
	if (failure->received > 0)
		fail_cause(err, ERROR_TRANSIENT, code,
			"the connection broke after %zu bytes: %s",
			failure->received, detail);
	else
		fail_cause(err, ERROR_TRANSIENT, code,
			"the connection broke: %s", detail);
}

/* TLS within the tunnel breaks with another code. */
static bool of_mute_proxy(CURLcode code, struct error *err)
{
	if (!is_cut(code))
		return false;
	return !fail_cause(err, ERROR_TRANSIENT, "N7",
		"the proxy hung up without an answer to CONNECT");
}

/* Did the proxy refuse the tunnel? */
static bool of_tunnel(const struct http_failure *failure, CURL *easy,
	CURLcode code, struct error *err)
{
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
	if (!failure->proxy || status / 100 == 2)
		return false;
	if (status == 0)
		return of_mute_proxy(code, err);
	fail_cause(err, ERROR_TRANSIENT, "N7",
		"the proxy refused CONNECT: %ld%s", status,
		status == 407 ? " (it wants a user and password)" : "");
	return true;
}

static void of_code(const struct http_failure *failure, CURL *easy,
	CURLcode code, const char *detail, struct error *err)
{
	const char *cause = diagnosis_of_curl((int)code, failure->received);

	if (code == CURLE_COULDNT_CONNECT)
		of_connect(failure, easy, err);
	else if (code == CURLE_PEER_FAILED_VERIFICATION)
		fail_cause(err, ERROR_TRANSIENT, cause,
			"its TLS certificate is not trusted: %s", detail);
	else if (code == CURLE_SSL_CONNECT_ERROR)
		fail_cause(err, ERROR_TRANSIENT, cause,
			"TLS handshake failed: %s", detail);
	else if (code == CURLE_INTERFACE_FAILED)
		fail_cause(err, ERROR_LOCAL, cause,
			"cannot send from address '%s'",
			failure->source_address ? failure->source_address : "");
	else if (code == CURLE_URL_MALFORMAT)
		fail_cause(err, ERROR_REFUSED, cause, "no valid https URL: %s",
			detail);
	else if (is_cut(code))
		of_cut(failure, cause, detail, err);
	else
		fail_cause(err, ERROR_TRANSIENT, cause, "%s", detail);
}

/* curl keeps its first complaint. That is of getpeername() when a peer hung
 * up between connect and the first look at it. */
static const char *detail_of(CURLcode code, const char *detail)
{
	if (text_starts_with(detail, "getpeername()"))
		return "Connection reset by peer";
	return *detail ? detail : curl_easy_strerror(code);
}

void http_failure_of_curl(const struct http_failure *failure, CURL *easy,
	CURLcode code, const char *detail, struct error *err)
{
	detail = detail_of(code, detail);
	if (!of_tunnel(failure, easy, code, err))
		of_code(failure, easy, code, detail, err);
	http_failure_name_host(failure, err);
}
