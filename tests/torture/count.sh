# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What each harness here ends with: a row of the table of `make torture`.
#
#   count NAME COMMAND...   runs it, shows what it says, and adds the row:
#                           NAME|cases|failures|CPU seconds|the rest of its
#                           line "N cases, N failures: ..."

count_row()
{
	local row seconds

	row=$(sed -nE 's/^([0-9]+) cases, ([0-9]+) failures: (.*)/\1|\2|\3/p' \
		"$1" | tail -n 1)
	[ -n "$row" ] || row="0|1|it said nothing at its end"
	seconds=$(awk '{ printf "%.0f\n", $1 + $2 }' "$1.time")
	echo "${row%|*}|$seconds|${row##*|}"
}

count()
{
	local name=$1 status=0 log=$TEST_DIR/counted TIMEFORMAT='%U %S'
	local rows=$TEST_TOP/build/torture

	shift
	{ time "$@" >"$log" 2>&1; } 2>"$log.time" || status=$?
	cat "$log"
	[ ! -d "$rows" ] ||
		echo "$name|$(count_row "$log")" >>"$rows/$(basename "$0" .test)"
	return $status
}
