# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Faults of tests/matrix/day-one: source this after matrix-web.sh. A test says
# before: own_lines ROW NAME, what the file of its certificate has, and
# place_of ROW, where its name leads.
#
#   day_begin     a certificate for each, issued
#   day_passes    until everything was looked at in it
#   day_faults    all faults are made
#   day_end       each of them was told, by its code
#   day_last      what would hide others, when they were told

declare -A CODE=() FAULT=()
declare -A WAYS=() # port: the process that leads from there
LATE=()            # rows whose certificate comes with its fault
LAST=()            # rows that would hide others

day_read()
{
	local row code fault

	while read -r row code fault; do
		if [ "$fault" = row ]; then
			fault=$(grep "^$row " "$TOP/tests/matrix/rows" |
				cut -d' ' -f6-)
		fi
		CODE[$row]=$code FAULT[$row]=${fault#last }
		if [ "$fault" != "${FAULT[$row]}" ]; then
			LAST+=("$row")
			continue
		fi
		ROWS+=("$row")
		[[ $fault != add_deployed* ]] || LATE+=("$row")
	done < <(grep -v '^#' "$TOP/tests/matrix/day-one" | grep .)
}

is_late()
{
	[[ " ${LATE[*]} " = *" $1 "* ]]
}

day_begin()
{
	local row name

	day_read
	for row in "${ROWS[@]}" "${LAST[@]}"; do
		name=$(name_of "$row")
		[ "$row" = H14.gone ] || at "$name" "$(place_of "$row")"
		is_late "$row" || day_certificate "$name" "$row"
	done
	acmed_start
	wait_for 300 "certificates" all_settled
}

all_settled()
{
	ctl status --json | jq -e \
		'[.certificates[].state | test("^(installed|ok)")] | all'
}

day_certificate()
{
	acmed_certificate "$1" < <(
		printf '[Certificate]\nNames=%s\n' "$1"
		own_lines "$2" "$1"
	)
}

# at NAME ADDRESS...: there, and nowhere else of its kind
at()
{
	local kind=a

	[[ $2 != *:* ]] || kind=aaaa
	dns_ask "clear-$kind" "{\"host\": \"$1\"}"
	dns_ask "add-$kind" "$(jq -nc --arg host "$1" \
		'{$host, addresses: $ARGS.positional}' --args "${@:2}")"
}

# --- Ways to CAs -------------------------------------------------------------

# listen PORT WORD...: socat there
listen()
{
	socat "${@:2}" >>"$DIR/socat.log" 2>&1 &
	WAYS[$1]=$!
	wait_for 60 "server on $1" eval "ss -Hltn 'sport = :$1' | grep -q ."
}

open_way()
{
	listen "$1" "TCP-LISTEN:$1,fork,reuseaddr" "$2"
}

close_way()
{
	kill "${WAYS[$1]}"
	wait "${WAYS[$1]}" || true
	ca_ask restart now # what is open goes on where it was
}

# answer PORT CERTIFICATE KEY
answer()
{
	cat >"$DIR/answer" <<-END
	while read -r line && [ "\${#line}" -gt 1 ]; do :; done
	cat "\$1"
	END
	close_way "$1"
	listen "$1" "OPENSSL-LISTEN:$1,fork,reuseaddr,verify=0,cert=$2,key=$3" \
		SYSTEM:"sh $DIR/answer $DIR/answer-$1"
}

# says PORT STATUS BODY [HEADER]: in the place of the CA
says()
{
	local length="Content-Length: ${#3}"

	[[ ${4:-} != Content-Length* ]] || length=$4
	printf 'HTTP/1.1 %s\r\n%s\r\n%s\r\n\r\n%s' "$2" "$length" \
		"${4:-X-Nothing: 1}" "$3" >"$DIR/answer-$1"
	answer "$1" "$CA_DIR/api.pem" "$CA_DIR/api.pem"
}

# no_route PORT: the network is gone there
no_route()
{
	nft add table inet fault
	nft add chain inet fault out '{ type filter hook output priority 0; }'
	nft add rule inet fault out tcp dport "$1" reject with icmpx no-route
	ca_ask restart now
}

# foreign PORT: a certificate that nobody trusts
foreign()
{
	printf 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}' \
		>"$DIR/answer-$1"
	answer "$1" "$DIR/other/server.pem" "$DIR/other/server.key"
}

# ca_at NAME URL LINE...: its section
ca_at()
{
	printf '[CA %s]\nDirectory=%s\n' "$1" "$2"
	printf 'TrustFile=%s\nAgreeToTerms=yes\n' \
		"$CONFIGURATION_DIRECTORY/ca.pem"
	printf '%s\n' "${@:3}"
}

# account_of CA: which of the scripted CA's it is
account_of()
{
	jq -r '.url | split("/") | last' \
		"$STATE_DIRECTORY/accounts/$1/account.json"
}

# account_is CA STATUS
account_is()
{
	ca_ask "account/$(account_of "$1")" "{\"status\": \"$2\"}"
}

# account_gets CA PROBLEM STATUS: whoever asks for it
account_gets()
{
	ca_script "account every path=/account/$(account_of "$1")\$ \
		problem=$2 status=$3"
}

# --- Servers and programs ----------------------------------------------------

# unreachable ADDRESS: nobody answers there
unreachable()
{
	nft add table inet server
	nft add chain inet server out \
		'{ type filter hook output priority -150; }'
	nft add rule inet server out ip daddr "$1" \
		reject with icmpx port-unreachable
}

# taken ADDRESS: port 80 there
taken()
{
	socat "TCP-LISTEN:80,bind=$1,fork,reuseaddr" EXEC:true \
		>>"$DIR/socat.log" 2>&1 &
	wait_for 60 "server at $1" eval "ss -Hltn 'src $1:80' | grep -q ."
}

# shows NAME HALF FOLDER: in that half of all handshakes
shows()
{
	local half

	mkdir -p "$DIR/leaf"
	cp "$(live "$1")" "$DIR/leaf/fullchain.pem"
	cp "$(live "$1" privkey.pem)" "$DIR/leaf"
	for half in "$DIR/shown"/$2; do
		ln -sfn "$3" "$half/$1"
	done
}

# program NAME LINE: where it is
program()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$DIR/programs/$1"
	chmod 755 "$DIR/programs/$1"
	echo "$DIR/programs/$1"
}

# add_deployed NAME LINE...: one more certificate, deployed so
add_deployed()
{
	local section='[Deploy]'

	[[ $2 != \[* ]] || section=''
	acmed_certificate "$1" < <(
		printf '%s\n' '[Certificate]' "Names=$1" "$section" "${@:2}"
	)
}

# --- Days --------------------------------------------------------------------

day_faults()
{
	local row

	for row in "${ROWS[@]}"; do
		# shellcheck disable=SC2034 # what certificate_is reads
		ROW=$row
		eval "${FAULT[$row]//@/$(name_of "$row")}" >/dev/null
	done
	ctl reload
	for row in "${LATE[@]}"; do
		wait_issued "$(name_of "$row")"
	done
	wait_for 60 "deployments" deployed 0
}

# looked FROM: every path, and every CA
looked()
{
	ctl status >/dev/null
	[ "$(ca_count directory)" -gt "$1" ]
}

# fewest_tries: of those whose deployment fails, the one with the fewest
fewest_tries()
{
	local row late=()

	for row in "${LATE[@]}"; do
		late+=("$(name_of "$row")")
	done
	ctl status --json | jq '[.certificates[] |
		select(.name | IN($ARGS.positional[])) | .deploy.failures] |
		min // 0' --args "${late[@]}"
}

# deployed TRIES: more often than so, which tells a fault from a hiccup
deployed()
{
	[ "$(fewest_tries)" -gt "$1" ]
}

# day_passes: half of it after the other; a CA counts when it is missed twice
day_passes()
{
	local before tries

	for _ in 1 2; do
		before=$(ca_count directory) tries=$(fewest_tries)
		ca_clock +12h
		wait_for 180 "look at the CAs" looked "$before"
		[ "$tries" = 0 ] || wait_for 60 "deployments" deployed "$tries"
	done
	day=$(($(ca_now) - 86400))
	wait_for 180 "walks" all_walked
}

all_walked()
{
	ctl status >/dev/null
	jq -es --argjson from "$day" 'all(.rehearsed | fromdate >= $from)' \
		"$STATE_DIRECTORY"/state/*.test.json
}

# told_of ROW: of its certificate or its CA, with these codes people hear
told_of()
{
	ctl status >/dev/null # which wakes a loop whose clock has moved
	jq -r --arg name "$(name_of "$1")" --arg code "${CODE[$1]}" --arg ca "${1%%.*}" '.troubles[] |
		select(.level != "notice" and ((.subject |
			. == $name or startswith($name + "/")) or
			(.subject | startswith("/write ")) and .code == $code or
			.subject == "/ca " + $ca or .subject == "/clock " + $ca
			or .subject == "/account " + $ca
			)) | .code' "$STATE_DIRECTORY/state/telling"
}

is_told()
{
	told_of "$1" | grep -qx "${CODE[$1]}"
}

day_is_quiet()
{
	local row

	for row in "${ROWS[@]}"; do
		assert_equal "" "$(told_of "$row")" "troubles of $row"
	done
}

# wait_told ROW: its step is what tests/matrix/count looks for
wait_told()
{
	until is_told "$1"; do
		if [ $SECONDS -gt "$DEADLINE" ]; then
			echo "row $1: not ${CODE[$1]}: $(told_of "$1" | xargs)"
			jq -c .paths "$STATE_DIRECTORY/state/$(name_of "$1").json"
			return 1
		fi
		sleep 0.05
	done
	echo "--- row $1"
}

day_end()
{
	local row

	DEADLINE=$((SECONDS + 180))
	for row in "${ROWS[@]}"; do
		wait_told "$row" || FAULTY+=("$row")
	done
	[ "${#FAULTY[@]}" = 0 ] || fail "not told: ${FAULTY[*]}"
}

# day_last: one by one
day_last()
{
	local row

	for row in "${LAST[@]}"; do
		eval "${FAULT[$row]//@/$(name_of "$row")}"
		ctl status >/dev/null
		ca_clock +1d
		DEADLINE=$((SECONDS + 180))
		wait_told "$row" || fail "not told: $row"
	done
	echo "told within a day: $(printf '%s\n' "${CODE[@]}" | sort -u |
		wc -l) codes"
}
