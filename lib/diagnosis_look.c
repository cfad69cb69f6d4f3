/* SPDX-License-Identifier: MIT */
#include "diagnosis_look.h"

#include "diagnosis.h"

/* Which rule of the web server is it? By its status and how it came there. */
const char *diagnosis_of_web(const struct diagnosis_web *web)
{
	if (web->is_filtered)
		return "H10";
	if (web->is_redirected && web->status < 500)
		return "H4";
	if (web->status == 200 && web->is_foreign)
		return "H9";
	return diagnosis_of_status((int)web->status);
}

const char *diagnosis_of_alpn(
	bool has_certificate, bool is_answer, bool is_refused)
{
	if (has_certificate)
		return is_answer ? "T4" : "T1";
	return is_refused ? "T2" : "H1";
}

const char *diagnosis_of_served(unsigned wanted, unsigned other)
{
	if (wanted && other)
		return "P4";
	return wanted ? "" : "P8";
}
