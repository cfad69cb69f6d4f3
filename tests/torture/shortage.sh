# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The loop, with one allocation after the other that fails: its own, and those
# of all its libraries (tests/torture/shortage). COUNT of each way; LEAKS more
# with AddressSanitizer, which looks for leaks as well. FIRST and LAST: only
# these allocations; PART=N/OF: only that part of them.
# shellcheck source=../integration/lib.sh
. "$TEST_TOP/tests/integration/lib.sh"
# shellcheck source=../integration/ca.sh
. "$TEST_TOP/tests/integration/ca.sh"
# shellcheck source=count.sh
. "$TEST_TOP/tests/torture/count.sh"

COUNT=${COUNT:-700}
LEAKS=${LEAKS-75}
PART=${PART:-0/1}
status=0

# starve BUILD COUNT HOW
starve()
{
	local way

	export ACMED=$1/acmed LIBRARY=$1/tests/torture/shortage.so
	rm -rf "$STATE_DIRECTORY.kept"
	for way in ${WAYS:-issue serve}; do
		count "loop: allocations, $way ${PART%/*}$3" \
			"$TOP/tests/torture/shortage" -w "$way" -n "$2" \
			-s "${SEED:-$RANDOM}" -p "$PART" ${VERBOSE:+-v} \
			${FIRST:+-a "$FIRST" "$LAST"} || status=1
	done
}

dns_start
ca_start
ca_script 'set lifetime=90d'
acmed_standalone <<<$'[Daemon]\nRehearse=no'
export DIR SHORTAGE=$DIR/shortage
starve "$BUILD" "$COUNT" ""
if [ -n "$LEAKS" ]; then
	export ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99
	export LSAN_OPTIONS=print_suppressions=0
	starve "$BUILD/sanitize" "$LEAKS" ", leaks"
fi
for log in "$DIR"/flaw.*.log; do
	[ ! -e "$log" ] || { echo "--- $log"; tail -n 60 "$log"; }
done
exit $status
