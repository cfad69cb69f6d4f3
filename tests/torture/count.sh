# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What each harness here ends with: a row of the table of `make torture`.
#
#   count NAME COMMAND...   runs it, shows what it says, and adds the row:
#                           NAME|cases|failures|CPU seconds|the rest of its
#                           last line "N cases, N failures: ..."
#   in_parts N COMMAND...   what count may run: N times, with PART=0 to N-1 of
#                           PARTS=N and another SEED=. A test that takes 35
#                           minutes is ended by check.

in_parts()
{
	local parts=$1 seed=${SEED:-$RANDOM} part status=0

	shift
	for ((part = 0; part < parts; part++)); do
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

count()
{
	local name=$1 status=0 log=$TEST_DIR/counted TIMEFORMAT='%U %S' row
	local rows=$TEST_TOP/build/torture

	shift
	{ time "$@" >"$log" 2>&1; } 2>"$log.time" || status=$?
	cat "$log"
	row="$name|$(count_row "$log" $status)"
	[ ! -d "$rows" ] || echo "$row" >>"$rows/$(basename "$0" .test)"
	return $status
}
