/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The cause in the last words of a hook that answers challenges: mostly they
 * are those of a DNS provider, which the hook repeats.
 */

/* A code of `diagnosis`: D1 when the provider refuses its key, D9 when it asks
 * to come later, E4 when the words say neither. */
const char *diagnosis_of_hook(const char *words);
