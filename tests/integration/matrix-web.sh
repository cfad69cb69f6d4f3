# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Names and web servers of the matrix: source this after matrix.sh. The CA
# looks names up at challtestsrv and comes to nginx, which serves what acmed
# writes into its document root.
#
#   web_start TEST       all that stands, and the rows of TEST
#   site NAME LINE...    nginx answers so for NAME
#   at NAME ADDRESS...   NAME is there (A or AAAA)

web_config()
{
	acmed_config <<-END
	[Challenge]
	Type=http-01
	Solver=webroot
	[Deploy]
	Verify=no
	END
}

web_start()
{
	step "a certificate for each row, answered by a web server"
	dns_start
	ca_start
	ca_share_clock
	ca_script 'set validation=real resolver=127.0.0.1:53'
	web_config
	mkdir -p "$DIR/sites"
	sed "s,/run/acmed,$RUNTIME_DIRECTORY," \
		"$TOP/conf/snippets/nginx-webroot.conf" >"$DIR/snippet.conf"
	make_server_certificate "$DIR/other"
	matrix_show <<-END
	include $DIR/sites/*;
	server {
		listen 127.0.0.1:80 default_server;
		include $DIR/snippet.conf;
	}
	server {
		listen 127.0.0.1:443 ssl default_server;
		ssl_certificate $DIR/other/server.pem;
		ssl_certificate_key $DIR/other/server.key;
		location / { return 404; }
	}
	END
	matrix_begin "$1"
}

# site NAME LINE...: what stands in its server, in the place of the snippet
site()
{
	undo nginx_reload
	undo rm "$DIR/sites/$1"
	{
		printf 'server {\nlisten 127.0.0.1:80;\nserver_name %s;\n' "$1"
		printf '%s\n' "${@:2}" '}'
	} >"$DIR/sites/$1"
	nginx_reload
}

# root_of NAME: a document root of its own, with a file that says `old`
stale_site()
{
	site "$1" "location / { return 200 'aaaa.bbbb'; }"
}

# at NAME ADDRESS...
at()
{
	local name=$1 kind=a address

	shift
	for address; do
		[[ $address != *:* ]] || kind=aaaa
	done
	undo dns_ask "clear-$kind" "{\"host\": \"$name\"}"
	dns_ask "add-$kind" "$(jq -nc --arg host "$name" \
		'{$host, addresses: $ARGS.positional}' --args "$@")"
}

# unknown NAME: nobody knows it
unknown()
{
	undo dns_ask set-default-ipv4 '{"ip": "127.0.0.1"}'
	dns_ask set-default-ipv4 '{"ip": ""}'
}

# servfail NAME
servfail()
{
	undo dns_ask clear-servfail "{\"host\": \"$1\"}"
	dns_ask set-servfail "{\"host\": \"$1\"}"
}

# one_value NAME: its hook replaces what stands at the name of a record
one_value()
{
	cat >"$DIR/hook" <<-'END'
	#!/bin/sh
	read -r request
	get() { printf '%s\n' "$request" | jq -r ".$1"; }
	dns() { curl -sf "http://127.0.0.1:8055/$1" -d "$2"; }
	dns clear-txt "{\"host\": \"$(get record_name).\"}"
	[ "$(get action)" = withdraw ] || dns set-txt "{\"host\": \
		\"$(get record_name).\", \"value\": \"$(get record_value)\"}"
	echo '{"status": "ok"}'
	END
	chmod 755 "$DIR/hook"
	certificate_is "$1" "Names=$1 *.$1" '[Challenge]' Type=dns-01 \
		Solver=exec "Command=$DIR/hook"
}

# host_start: this test is in a container, and its host publishes no port
host_start()
{
	unshare --net sleep infinity &
	wait_for 60 "network of the host" in_host $! ip link set lo up
	ip link add inside type veth peer name outside
	ip link set outside netns $!
	ip address add 203.0.113.2/24 dev inside
	ip link set inside up
	nsenter -t $! -n ip address add 203.0.113.1/24 dev outside
	nsenter -t $! -n ip link set outside up
	ip route add default via 203.0.113.1
	export container=test
}

# in_host PID COMMAND...: once it has a network of its own
in_host()
{
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/$$/ns/net)" ] &&
		nsenter -t "$1" -n "${@:2}"
}

# unpublished NAME: it leads to the host, and acmed listens in the container
unpublished()
{
	at "$1" 203.0.113.1
	certificate_is "$1" '[Challenge]' Solver=standalone Listen=203.0.113.2:80
}

# document_root NAME: of the server's own, in a file system of its own
document_root()
{
	local folder=$DIR/www/.well-known/acme-challenge

	undo umount "$DIR/www"
	mkdir -p "$DIR/www"
	mount -t tmpfs -o size=1m none "$DIR/www"
	mkdir -p "$folder"
	certificate_is "$1" '[Challenge]' "Webroot=$DIR/www"
}

# caa NAME LINE: a CAA record there
caa()
{
	undo dns_ask clear-caa "{\"host\": \"$1\"}"
	dns_ask add-caa "$(jq -nc --arg host "$1" --arg value "$2" \
		'{$host, policies: [{tag: "issue", $value}]}')"
}
