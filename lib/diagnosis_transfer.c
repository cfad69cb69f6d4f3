/* SPDX-License-Identifier: MIT */
#include "diagnosis_transfer.h"

#include <errno.h>
#include <openssl/x509_vfy.h>

const char *diagnosis_of_timeout(enum http_stage stage, bool has_proxy)
{
	switch (stage) {
	case HTTP_NAME:
		return "N3";
	case HTTP_TCP:
		return has_proxy ? "N7" : "N1";
	case HTTP_BODY:
		return "N5";
	case HTTP_TLS:
	case HTTP_WAITING:
	case HTTP_REPLY:
		break;
	}
	return "N1";
}

const char *diagnosis_of_connect(int number, bool has_proxy)
{
	switch (number) {
	case ENETUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
		return "N10";
	case EMFILE:
	case ENFILE:
		return "L15";
	case ECONNREFUSED:
	case ECONNRESET:
		return has_proxy ? "N7" : "N2";
	default:
		return has_proxy ? "N7" : "N1";
	}
}

/* curl's numbers never change (libcurl-errors(3)); lib/ does not know curl. */
static const struct {
	int number;
	const char *code;
	const char *cut; /* when a part of the reply had come; NULL: the same */
} CURL_CODES[] = {
	{1, "N2", NULL}, /* what answers is no HTTP */
	{3, "N9", NULL}, /* malformed URL */
	{5, "N7", NULL}, /* the proxy's name */
	{6, "N3", NULL}, /* the CA's name */
	{8, "N2", NULL}, /* weird reply */
	{16, "N2", NULL}, /* HTTP/2 framing */
	{18, "N2", "N5"}, /* partial file */
	{28, "N1", "N5"}, /* timeout */
	{35, "N2", NULL}, /* TLS handshake */
	{45, "N10", NULL}, /* SourceAddress= */
	{47, "N9", NULL}, /* redirects without an end */
	{52, "N2", "N5"}, /* nothing came */
	{55, "N2", "N5"}, /* sending */
	{56, "N2", "N5"}, /* receiving */
	{59, "N2", NULL}, /* TLS cipher */
	{60, "N4", NULL}, /* the certificate of the CA */
	{61, "N2", NULL}, /* content encoding */
	{63, "M6", NULL}, /* too large */
	{77, "N4", NULL}, /* the trust file */
	{82, "N4", NULL}, /* a CRL */
	{83, "N4", NULL}, /* its issuer */
	{90, "N4", NULL}, /* a pinned key */
	{91, "N4", NULL}, /* its OCSP status */
	{92, "N2", "N5"}, /* an HTTP/2 stream */
	{97, "N7", NULL}, /* the proxy's handshake */
};

const char *diagnosis_of_curl(int code, size_t received)
{
	for (size_t i = 0; i < sizeof(CURL_CODES) / sizeof(*CURL_CODES); i++)
		if (CURL_CODES[i].number == code)
			return received > 0 && CURL_CODES[i].cut
				? CURL_CODES[i].cut
				: CURL_CODES[i].code;
	return "";
}

const char *diagnosis_of_verify(int result, bool is_leaf_current)
{
	if (result == X509_V_OK)
		return "";
	if (is_leaf_current)
		return "N4";
	return result == X509_V_ERR_CERT_NOT_YET_VALID ||
			result == X509_V_ERR_CERT_HAS_EXPIRED
		? "C1"
		: "N4";
}
