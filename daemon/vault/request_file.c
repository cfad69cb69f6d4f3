/* SPDX-License-Identifier: MIT */
#include "request_file.h"

#include "file.h"
#include "mem.h"
#include "text.h"

bool request_file_is_there(int folder)
{
	return file_exists(folder, REQUEST_FILE) &&
		!file_exists(folder, "privkey.pem");
}

bool request_file_read(int folder, struct csr *out, struct error *err)
{
	size_t length = 0;
	cleanup(string) char *pem =
		file_read(folder, REQUEST_FILE, CSR_MAX, &length, err);

	*out = (struct csr){0};
	return pem && csr_read(pem, length, out, err);
}

bool request_file_write(int folder, const char *encoded, struct error *err)
{
	cleanup(string) char *pem = csr_to_pem(encoded, err);

	return pem &&
		file_write(folder, REQUEST_FILE, pem, strlen(pem), 0644, err);
}
