# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# How the bench measures: wall time by the clock, processor time of a set of
# processes, requests by Pebble's log, connections by a packet counter.

rows=()
missing=()

now_ms()
{
	echo $((${EPOCHREALTIME/./} / 1000))
}

# cpu_ms PID...: used so far, by them and the children they waited for
cpu_ms()
{
	local pid sum=0 tick

	tick=$((1000 / $(getconf CLK_TCK)))
	for pid in "$@"; do
		sum=$((sum + $(awk -v tick=$tick \
			'{ sub(/.*\) /, ""); print ($12+$13+$14+$15) * tick }' \
			"/proc/$pid/stat")))
	done
	echo $sum
}

# self_cpu_ms: of all that this script waited for
self_cpu_ms()
{
	awk -v tick=$((1000 / $(getconf CLK_TCK))) \
		'{ sub(/.*\) /, ""); print ($14+$15) * tick }' /proc/$$/stat
}

# pss_kib PID...
pss_kib()
{
	local pid

	for pid in "$@"; do
		awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup"
	done | awk '{ sum += $1 } END { print sum + 0 }'
}

# wakeups PID...
wakeups()
{
	local pid

	for pid in "$@"; do
		awk '/^voluntary/ { print $2 }' "/proc/$pid/status"
	done | awk '{ sum += $1 } END { print sum + 0 }'
}

requests()
{
	pebble_count 'calling handler'
}

count_connections()
{
	nft add table inet bench
	nft add chain inet bench in '{ type filter hook input priority 0; }'
	nft add rule inet bench in tcp dport "$PEBBLE_PORT" \
		tcp flags '& (syn|ack) == syn' counter
}

connections()
{
	nft list table inet bench | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# start_measuring [PID...]: processor time of these, else of what is run
start_measuring()
{
	pids=("$@")
	requests_before=$(requests)
	connections_before=$(connections)
	cpu_before=$(cpu_now)
	wall_before=$(now_ms)
}

cpu_now()
{
	if [ ${#pids[@]} = 0 ]; then
		self_cpu_ms
	else
		cpu_ms "${pids[@]}"
	fi
}

# stop_measuring LABEL KIND NUMBER: a row
stop_measuring()
{
	local wall=$(($(now_ms) - wall_before)) cpu

	cpu=$(($(cpu_now) - cpu_before))
	rows+=("$1|$2|$3|$wall|$cpu|$(($(requests) - requests_before))|$((
		$(connections) - connections_before))")
}

# The rows, per certificate, with the ratio of wall time to acmed's.
print_table()
{
	printf '\n%-8s %-14s %9s %7s %8s %9s %7s %8s\n' client how \
		"wall ms" ratio "CPU ms" requests conns "a second"
	printf '%s\n' "${rows[@]}" | awk -F'|' '
		$1 == "acmed" { floor[$2] = $4 / $3 }
		{ printf "%-8s %-14s %9.1f %7.1f %8.1f %9.1f %7.2f %8.1f\n",
			$1, $3 " " $2, $4 / $3, $4 / $3 / floor[$2], $5 / $3,
			$6 / $3, $7 / $3, $3 * 1000 / $4 }'
	echo "(per certificate; CPU of loop and vault, or of the whole client)"
	[ ${#missing[@]} = 0 ] || printf 'without figures: %s\n' "${missing[@]}"
}
