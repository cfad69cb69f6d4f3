/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The files of a version say the same several times: cert.pem and chain.pem
 * are fullchain.pem, privkey.pem and that are combined.pem. So a disk that
 * changed one of them is found out.
 */

#include "error.h"

/* False with err when a file is missing or contradicts the others. */
bool version_files_agree(int folder, struct error *err);
