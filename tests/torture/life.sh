# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What a long life has: the scripted CA, shop.test (in the file $changed), one
# with hooks, and others ($names). Hooks add a line to $DIR/ran.
#
#   life_begin                 all that, not yet started
#   calls KIND ARGUMENT...     tests/torture/calls.py

# shellcheck source=../integration/lib.sh
. "$TEST_TOP/tests/integration/lib.sh"
# shellcheck source=../integration/ca.sh
. "$TEST_TOP/tests/integration/ca.sh"
# shellcheck source=count.sh
. "$TEST_TOP/tests/torture/count.sh"

# shellcheck disable=SC2034 # what life.test and loop-valgrind.test change
changed=$CONFIGURATION_DIRECTORY/certs.d/shop.test.conf
names=()

calls()
{
	python3 "$TOP/tests/torture/calls.py" "$RUNTIME_DIRECTORY/control" "$@"
}

hook_config()
{
	cat >"$DIR/hook" <<-END
	#!/bin/sh
	echo >>$DIR/ran
	END
	chmod 755 "$DIR/hook"
	acmed_config <<-END
	[Challenge]
	Solver=exec
	Command=$DIR/hook $DIR/hook
	Protocol=certbot
	[Deploy]
	Verify=no
	[Daemon]
	Rehearse=no
	$*
	END
	acmed_certificate hook.test <<-END
	[Certificate]
	Names=hook.test
	[Deploy]
	Hook=$DIR/hook
	END
}

# life_begin [LINE]: of [Daemon]
life_begin()
{
	local number

	step "a daemon, and certificates with hooks"
	dns_start
	ca_start
	ca_script 'set lifetime=90d'
	hook_config "$@"
	acmed_names shop.test shop.test
	for number in $(seq "${OTHERS:-10}"); do
		names+=("n$number.test")
		acmed_certificate "n$number.test" <<-END
		[Certificate]
		Names=n$number.test
		[Challenge]
		Solver=standalone
		Listen=127.0.0.1:8402
		END
	done
}
