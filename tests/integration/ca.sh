# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The scripted CA for tests: source this after lib.sh. tests/ca/README.md has
# the language of its scripts.
#
#   ca_start [ARGUMENT...]      $CA_URL is its directory; acmed_config uses it
#   ca_script LINE...           rules and settings; standard input without
#   ca_ask VERB [BODY]          the control port; DELETE with a body of ''
#   ca_clock +90d|freeze|...    moves its time, and that of who shares it
#   ca_share_clock              whatever is started from now on shares it
#   ca_complaints               what the client did wrong, one a line
#   ca_neighbour [NAME]         a CA beside it, with a certificate of its own
#   ca_count KIND               how many requests of a kind there were

CA_DIR=$DIR/ca

ca_start()
{
	mkdir -p "$CA_DIR"
	export ACMED_TEST_CLOCK=${ACMED_TEST_CLOCK:-$CA_DIR/clock}
	"$TOP/tests/ca/scripted-ca" -d "$CA_DIR" "$@" >>"$DIR/ca.log" 2>&1 &
	CA_PID=$!
	wait_for 60 "start of the scripted CA" test -s "$CA_DIR/ready.json"
	CA_URL=$(jq -r .directory "$CA_DIR/ready.json")
	CA_CONTROL=$(jq -r .control "$CA_DIR/ready.json")
	CA_CLOCK=$(jq -r .clock "$CA_DIR/ready.json")
	CA_TRUST=$CA_DIR/ca.pem
	CA_ROOT=$CA_DIR/root.pem
	export CA_URL CA_CONTROL CA_CLOCK CA_TRUST CA_ROOT
	# shellcheck disable=SC2034 # what acmed_config reads
	PEBBLE_URL=$CA_URL PEBBLE_TRUST=$CA_TRUST
}

# gate_ca: started, and it waits at the gate
gate_ca()
{
	ca_start
	ca_script 'set validation=real patience=100'
}

ca_stop()
{
	kill "$CA_PID"
	wait "$CA_PID" || true
	rm "$CA_DIR/ready.json"
}

ca_script()
{
	if [ $# = 0 ]; then
		ca_send POST script
	else
		printf '%s\n' "$@" | ca_send POST script
	fi >"$CA_DIR/said" || fail "script: $(cat "$CA_DIR/said")"
}

# ca_send METHOD VERB: the body from standard input; what is wrong is told
ca_send()
{
	curl -sS -X "$1" --data-binary @- --fail-with-body \
		"$CA_CONTROL/$2"
}

ca_ask()
{
	if [ $# = 1 ]; then
		curl -sSf "$CA_CONTROL/$1"
	elif [ -n "$2" ]; then
		ca_send POST "$1" <<<"$2"
	else
		curl -sSf -X DELETE "$CA_CONTROL/$1"
	fi
}

ca_clock()
{
	ca_send POST clock <<<"$*" >/dev/null
}

# Asleep, the loop would see only within a minute that the clock has moved:
# wait with what asks it (wait_state, has), which wakes it.
ca_share_clock()
{
	local library=$BUILD/tests/ca/shared_clock.so

	[ -e "$library" ] || make -s -C "$TOP" build="$BUILD" "$library"
	export LD_PRELOAD=$library
}

# The CA's time in seconds since 1970
ca_now()
{
	ca_ask clock | jq '.now | floor'
}

# ca_complaints [all]: `all` has what is only advised, too
ca_complaints()
{
	ca_ask complaints | jq -r --arg all "${1:-}" \
		'.[] | select($all != "" or (.should | not)) |
		"\(.rule) \(.kind): \(.detail)"'
}

# ca_content [REGEX]: the test fails when the CA has complaints but those
ca_content()
{
	assert_equal '' "$(ca_complaints | grep -Ev "${1:-^\$}" || true)" \
		"complaints of the CA"
}

ca_count()
{
	ca_ask counts | jq --arg kind "$1" '.requests[$kind] // 0'
}

# How many orders and certificates the CA has
ca_orders()
{
	ca_ask orders | jq length
}

ca_certificates()
{
	ca_ask certificates | jq length
}

# ca_acmed [LINE...]: the CA looks at port 80; acmed has one certificate,
# shop.test, and acmed.conf what standard input says
ca_acmed()
{
	ca_script 'set validation=real' "$@"
	acmed_standalone
	acmed_names shop.test shop.test
	acmed_start
}

# ca_neighbour [NAME]: a sound CA beside that one, and a certificate NAME of it;
# before acmed starts (ca_neighbour_script has the rules of ca_script)
ca_neighbour()
{
	local name=${1:-neighbour.test}
	local dir=$DIR/$name configuration=$CONFIGURATION_DIRECTORY

	mkdir -p "$dir" "$configuration"/{certs.d,acmed.conf.d}
	"$TOP/tests/ca/scripted-ca" -d "$dir" >>"$DIR/$name.log" 2>&1 &
	wait_for 60 "start of another CA" test -s "$dir/ready.json"
	cp "$dir/ca.pem" "$configuration/$name.pem"
	cat >"$configuration/acmed.conf.d/$name.conf" <<-END
	[CA ${name%.test}]
	Directory=$(jq -r .directory "$dir/ready.json")
	TrustFile=$configuration/$name.pem
	AgreeToTerms=yes
	END
	acmed_certificate "$name" <<-END
	[Certificate]
	Names=$name
	CA=${name%.test}
	END
}

ca_neighbour_script()
{
	CA_CONTROL=$(jq -r .control "$DIR/$1/ready.json") ca_script "${@:2}"
}

# ca_renew STATUS [NAME]: a forced renewal ends so; what it said is $output
ca_renew()
{
	assert_exit "$1" ctl renew "${2:-shop.test}" --force --wait
}
