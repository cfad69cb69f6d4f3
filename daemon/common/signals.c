/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

void signals_ignore(void)
{
	static const int IGNORED[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};

	for (size_t i = 0; i < sizeof(IGNORED) / sizeof(*IGNORED); i++)
		signal(IGNORED[i], SIG_IGN);
}

void signals_reset(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}
