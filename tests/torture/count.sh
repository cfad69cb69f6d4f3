# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What each harness here ends with: rows of the table of `make torture`, each a
# file in build/torture:
#
#   NAME|cases|failures|CPU seconds|the rest of "N cases, N failures: ..."
#
#   count NAME COMMAND...   runs it, shows what it says, and adds its row; one
#                           that never ends leaves a row with a failure
#   in_parts N COMMAND...   what count may run: N times, with PART=0 to N-1 of
#                           PARTS=N and another SEED=. A test that takes 35
#                           minutes is ended by check.
#   count_as NAME ROW       the same row, of what count cannot run

in_parts()
{
	local parts=$1 seed=${SEED:-$RANDOM} part status=0

	shift
	for ((part = 0; part < parts; part++)); do
		[ -z "${TORTURE_END:-}" ] ||
			[ "$EPOCHSECONDS" -lt "$TORTURE_END" ] || return 1
		PARTS=$parts PART=$part SEED=$((seed + part)) "$@" || status=1
	done
	return $status
}

# count_row LOG STATUS: of all its lines the sum
count_row()
{
	local seconds

	seconds=$(awk '{ printf "%.0f\n", $1 + $2 }' "$1.time")
	sed -nE 's/^([0-9]+) cases, ([0-9]+) failures: (.*)/\1|\2|\3/p' "$1" |
		awk -F'|' -v seconds="$seconds" -v status="$2" '
		{
			cases += $1
			failures += $2
			rest = $3
		}
		END {
			if (status && !failures)
				failures = 1
			print cases + 0 "|" failures + 0 "|" seconds "|" rest
		}'
}

count_as()
{
	local rows=$TEST_TOP/build/torture
	local test=${0##*/}

	[ ! -d "$rows" ] ||
		echo "$1|$2" >"$rows/${test%.test}.${1//[^a-z0-9]/-}"
}

count()
{
	local name=$1 status=0 log=$TEST_DIR/counted TIMEFORMAT='%U %S'

	shift
	count_as "$name" "0|1|0|it came to no end"
	{ time "$@" >"$log" 2>&1; } 2>"$log.time" || status=$?
	cat "$log"
	count_as "$name" "$(count_row "$log" $status)"
	return $status
}
