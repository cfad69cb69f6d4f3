#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes the requests of this folder with the openssl program.
set -eu
cd "$(dirname "$0")"
openssl ecparam -name prime256v1 -genkey -noout -out /tmp/request.key

# make FILE SUBJECT NAMES [FEATURE]
make()
{
	openssl req -new -key /tmp/request.key -subj "$2" \
		-addext "subjectAltName=$3" ${4:+-addext "tlsfeature=$4"} \
		-out "request-$1.pem"
}

make plain / DNS:a.example,DNS:*.b.example,IP:192.0.2.7
make subject /CN=A.example/O=x DNS:a.example
make staple / DNS:a.example status_request
make mail / DNS:a.example,email:ops@a.example
make stranger /CN=b.example DNS:a.example
openssl req -new -key /tmp/request.key -subj /CN=a.example \
	-out request-bare.pem
openssl req -new -newkey rsa:1024 -nodes -keyout /dev/null -subj / \
	-addext subjectAltName=DNS:a.example -out request-weak.pem 2>/dev/null
openssl req -new -newkey rsa:2048 -pkeyopt rsa_keygen_pubexp:3 -nodes \
	-keyout /dev/null -subj / -addext subjectAltName=DNS:a.example \
	-out request-exponent.pem 2>/dev/null
openssl req -new -key /tmp/request.key -sha1 -subj / \
	-addext subjectAltName=DNS:a.example -out request-digest.pem
rm /tmp/request.key
