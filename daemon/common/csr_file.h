/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The request that CSR= of a certificate's file names. It decides for whom
 * and for which key a certificate is issued, and so is nobody's but root's.
 */

#include "config_files.h"

/* Puts it behind the bytes of the file (config_csr.h), or why it cannot be
 * read, which is a mistake in the line of CSR=. Nothing where there is none. */
void csr_file_attach(struct config_file *file);
