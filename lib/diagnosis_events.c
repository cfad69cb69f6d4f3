/* SPDX-License-Identifier: MIT */
#include "diagnosis.h"

/*
 * What happens besides failures. A message id never changes. An entry names
 * only fields that its event always has: others would leave holes in it.
 */
static const struct diagnosis_event EVENTS[] = {
	{"started", "cb4a0d323421490dad0a438610abe804", "acmed has started",
		"It takes its configuration in now and answers on its control "
		"socket. A start never causes an attempt by itself."},
	{"stopped", "0e9f7bea11304601b29c43dbe1cf1230", "acmed has stopped",
		"Certificates stay where they are and are served on, but "
		"nothing renews them until it is started again."},
	{"reloading", "187199bab00f4e168c3bb116962168b7",
		"The configuration is read again",
		"Changed, new and removed files are taken in; a renewal under "
		"way goes on."},
	{"configured", "beb43a31aef546a7ada046d254321eb9",
		"The configuration is taken in",
		"See 'acmectl status' for what is managed now and what is "
		"next."},
	{"config-rejected", "5fec13c0deb942f28dbc09dc3f527804",
		"A configuration file has a mistake",
		"The message names file and line. The last accepted version "
		"of that file goes on. Correct it, check with 'acmed -t', "
		"then 'systemctl reload acmed'."},
	{"config-doubted", "ab34bd36139f4714890807ec775fc68e",
		"A configuration will hardly work as it is",
		"It is taken in; the message names file and line, and what to "
		"write there. 'acmed -t' says the same."},
	{"wall", "8ff14b88be194eeb9e272bad69ea8ad9",
		"A wall around acmed is not as it should be",
		"acmed goes on without it; the others hold. The message says "
		"why: a kernel without Landlock or seccomp, or Sandbox=log in "
		"acmed.conf. 'acmectl status' names what is not up."},
	{"error", "d6c17c8add284d35948d23a022d67dd5", "acmed met an error",
		"The message says what went wrong, and where. What is "
		"installed stays in service; 'acmectl status' says what is to "
		"be done first."},
	{"attempt", "c0cf48ad2a0545978a6a3dcf21a17c2c",
		"acmed is about to renew @ACMED_CERTIFICATE@",
		"Each step of the attempt can be followed with 'acmectl "
		"watch'."},
	{"step", "f198ef86b44e4aed9fa543bc307d8bb9", "A step of an attempt",
		"It is there for those who want to look closely."},
	{"dns-wait", "bd31117af7ec468c87ab971be73c82b4",
		"A name server of @ACMED_CERTIFICATE@ is late",
		"acmed has written the TXT record and waits until every name "
		"server of the zone has it, up to Timeout= of [Challenge]. If "
		"it never comes, look at NOTIFY and zone transfers of that "
		"server."},
	{"dns-others", "a58bde6b323e4d5ea81798f182eac4d0",
		"Others have left TXT records at a name of "
		"@ACMED_CERTIFICATE@",
		"The message says where and how many. acmed removes only what "
		"it wrote: find out who writes them and remove them by hand, "
		"since a CA that sees too many may call the answer wrong."},
	{"issued", "2d784bc238e6459386c0b6d4cc8a3d2a",
		"@ACMED_CERTIFICATE@ is issued",
		"The CA has signed it. It is checked and switched in next."},
	{"installed", "0b6296c6af194119a9bb7acaa41fd7a9",
		"@ACMED_CERTIFICATE@ is switched in",
		"Key and chain lie below live/ as one set; the services are "
		"told next."},
	{"placeholder", "5acbd0f24b7741d38637b5cae8f02276",
		"A placeholder is installed for @ACMED_CERTIFICATE@",
		"A self-signed certificate lets the web server start, so that "
		"it can answer the first challenge. No client trusts it."},
	{"exported", "64a524e6a09f426e8524b418c72d5d57",
		"@ACMED_CERTIFICATE@ is exported",
		"The files of its [Export] sections are written."},
	{"hooked", "f447ee3e8638489bbcbf1bc8f1637f3a",
		"The hooks of @ACMED_CERTIFICATE@ have run",
		"All of them ended without an error."},
	{"reloaded", "692ee6fbe4c540f0aa5176dbb8a30af2",
		"The services of @ACMED_CERTIFICATE@ are reloaded",
		"systemd reports that each reload is done. Whether the new "
		"certificate is served is looked at next."},
	{"verified", "a2948507e4c64533a99957b09873c0b5",
		"@ACMED_CERTIFICATE@ is seen on the wire",
		"Every known endpoint serves the new certificate (serial "
		"@ACMED_SERIAL@)."},
	{"deployed", "c2228e557fa5447286fa74a1a4cf9137",
		"@ACMED_CERTIFICATE@ is installed, but not seen in service",
		"The message says what it waits for, or that no endpoint is "
		"known where it could be looked at (Verify= names one)."},
	{"renewed", "86ee1462925a46bf95235f782477b51e",
		"@ACMED_CERTIFICATE@ is renewed",
		"It is valid until @ACMED_NOT_AFTER@ and renewed again at "
		"@ACMED_NEXT@. Nothing is to be done."},
	{"retired", "032f5ee05de53c6cb1c757e96a14ef0c",
		"@ACMED_CERTIFICATE@ is retired",
		"It expired a month ago and none of its names leads to this "
		"machine: it is tried no more. Remove it with 'acmectl remove "
		"@ACMED_CERTIFICATE@', or bring its names back and run "
		"'acmectl renew @ACMED_CERTIFICATE@'."},
	{"left-out", "1ef262abb2ef1ceb6f765d69d06d4f66",
		"@ACMED_CERTIFICATE@ is issued without some of its names",
		"They could not be validated, half of the slack was used up, "
		"and DropDeadNames= allows it. They are tried again each day; "
		"mend them, or take them out of Names=."},
	{"failed", "ae41a16b05364e3d8f9f74d36d91a260",
		"@ACMED_CERTIFICATE@ could not be renewed",
		"The old certificate stays in service and acmed tries again "
		"at @ACMED_NEXT@. 'acmectl status @ACMED_CERTIFICATE@' says "
		"what to do first."},
	{"deploy-failed", "162552c5abfa4ec181367e0ef615763e",
		"@ACMED_CERTIFICATE@ could not be deployed",
		"It is issued and on disk, but not proven to be in service. "
		"Only the failed step is done again, at @ACMED_NEXT@; no new "
		"certificate is ordered."},
	{"expiring", "454a6f94db3540e5bad6355f70dbdc9a",
		"@ACMED_CERTIFICATE@ expires soon",
		"It should have been renewed by now and is valid until "
		"@ACMED_NOT_AFTER@. See 'acmectl status @ACMED_CERTIFICATE@'."},
	{"expired", "7b93fe84dff744f4855e4b680134260b",
		"@ACMED_CERTIFICATE@ has expired",
		"Clients refuse it now. See 'acmectl status "
		"@ACMED_CERTIFICATE@' for the cause, then 'acmectl renew "
		"@ACMED_CERTIFICATE@'."},
	{"held", "5a754726eea14fdb98dd674d587e950a",
		"@ACMED_CERTIFICATE@ is on hold",
		"It is not renewed until 'acmectl unhold "
		"@ACMED_CERTIFICATE@'. Warnings of its expiry are not "
		"silenced."},
	{"unheld", "f3f7eaac3c0e4e2abb85f50962ee931f",
		"@ACMED_CERTIFICATE@ is no longer on hold",
		"It is renewed again when it is due."},
	{"rolled-back", "e63bb5401da4492aa072874ece61dbce",
		"@ACMED_CERTIFICATE@ is rolled back",
		"The version before is in service again, and the certificate "
		"is on hold until 'acmectl unhold @ACMED_CERTIFICATE@'."},
	{"orphan", "81a5fcc1b1ec4887b289a0dbe7279f61",
		"The file of @ACMED_CERTIFICATE@ is gone",
		"It is renewed no more, but still lies below live/. Put the "
		"file back, or remove the rest with 'acmectl remove --purge "
		"@ACMED_CERTIFICATE@'."},
	{"revoked", "2a8d5d9557684cbb98fe029e1e1e3f84",
		"@ACMED_CERTIFICATE@ is revoked",
		"The CA has revoked the serial that the message names, since "
		"a human asked for it. It is never gone back to."},
	{"account", "c836eb74997940489160bd61050766bb",
		"The account at the CA @ACMED_CA@",
		"It was made, found or changed, as the message says. 'acmectl "
		"account show' has its address."},
	{"renewal-moved", "14616d0a949e4efbb14b611d8e96e509",
		"The CA moves the renewal of @ACMED_CERTIFICATE@",
		"Its renewal information (RFC 9773) names another window than "
		"before. acmed renews at a moment drawn from it. The message "
		"has the CA's explanation, where it gives one."},
	{"trouble", "08ead8ed07a5185101c8b2256e262a89", "Something is wrong",
		"The message says what was found, and where. 'acmectl status' "
		"says what is to be done first."},
	{"well", "08862919b2d28bb0d8cc9cd4c3d769cd", "A trouble has ended",
		"What was found wrong before was looked at again and is well "
		"now."},
	{"told", "76254538d3aff3c709e483516f79bcf6", "A human is told",
		"The message is the first line of what goes out. Whether a "
		"channel took it says 'acmectl status'; 'acmectl "
		"notify-test' tries them."},
	{"nobody-told", "569360bf8891bbccfc82b1ff9889ddcd",
		"Nobody would be told of a failure",
		"No channel to people has worked yet: mail (NotifyMail=) or a "
		"URL (NotifyURLFile=). 'acmectl notify-test' tries each and "
		"says what is wrong with it. The journal alone does not "
		"count: nobody reads it in time."},
};

const struct diagnosis_event *diagnosis_events(size_t *count)
{
	*count = sizeof(EVENTS) / sizeof(*EVENTS);
	return EVENTS;
}
