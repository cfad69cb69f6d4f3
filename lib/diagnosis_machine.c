/* SPDX-License-Identifier: MIT */
#include "diagnosis_group.h"

/* This machine: clock, files, acmed itself. */

static const struct diagnosis CAUSES[] = {
	/* Clock. */
	{"C1", "34b160117dc240e08f2a818465f44f33", "The clock is wrong",
		"Look at it (timedatectl), and start time synchronisation "
		"(timedatectl set-ntp true). If it is right the CA's is "
		"wrong: tell the CA, or name another one (CA=). Until both "
		"agree nothing is ordered; acmed looks again each minute.",
		BACKOFF_Q5},
	{"C2", "3166c247a956480483a3d66d2b24aed0", "The clock has jumped",
		"acmed has computed all dates anew. If it happens often look "
		"at the time service (timedatectl timesync-status).",
		BACKOFF_Q5},
	{"C3", "11344f8d2f30468fb3d5c1727832a7f6",
		"This machine was suspended while certificates were due",
		"acmed makes up for it now. If machines are suspended as a "
		"rule, let RenewBefore= be longer.",
		BACKOFF_Q1},
	{"C4", "63c1bc2cbce24c6281b8437ebf349812", "A date cannot be read",
		"The message names the file and the value: it is damaged or "
		"was edited. Restore the file from a backup, or remove it.",
		BACKOFF_Q5},
	/* Files. */
	{"L1", "dc61353d1260422880fc283c643dc392", "The disk is full",
		"Free space on the file system of the folder in the message: "
		"for the state it is STATE_DIRECTORY, /var/lib/acmed where "
		"nothing else is set. acmed asks nothing of the CA until then.",
		BACKOFF_Q5},
	{"L2", "11ed2fcf4b214d258ab408cf321a8fc6",
		"A crash has left a file empty or cut short",
		"acmed goes on with the version before it. Check the disk "
		"(dmesg) and that its file system survives a power cut.",
		BACKOFF_Q5},
	{"L3", "6437bac2b3944a78b74f69e200cf452d",
		"The file system is read-only",
		"Look for disk errors (dmesg), and mount it writable again.",
		BACKOFF_Q5},
	{"L4", "14757df8e2e54c7c8dca824ced7702ef", "Permission denied",
		"Look at owner and mode of the path in the message and of "
		"every folder above it (namei -l PATH), and whether SELinux or "
		"AppArmor denies it (journalctl -k).",
		BACKOFF_Q5},
	{"L5", "4f8436ff68754279afb8ef63a68c38c6",
		"A file in the state folder is damaged",
		"It was put aside; what is installed is read from the "
		"certificates themselves, and another one is issued where "
		"those are damaged. Check the disk.",
		BACKOFF_Q5},
	{"L6", "be97b8a7fba8451bbdee6ec5d8f6ffc3",
		"Key and certificate do not fit each other",
		"The pair was not switched in and the old one stays in "
		"service. If the broken pair is the one in live/, another one "
		"is issued at the next start or 'acmectl reload'; 'acmectl "
		"rollback NAME' goes back to the one before.",
		BACKOFF_Q5},
	{"L7", "800941bd7b9947ca8eea491f99c18410",
		"What stands in live/ is not the link that acmed made",
		"Move what stands at the path in the message away; acmed "
		"leaves alone what it did not make, and puts its link there.",
		BACKOFF_Q5},
	{"L8", "4d53316c8299451e91c9dc840c17f969",
		"Another acmed uses the state folder",
		"Stop the other one, or give this one folders of its own "
		"(STATE_DIRECTORY, RUNTIME_DIRECTORY).",
		BACKOFF_Q5},
	{"L9", "5ef5db78b8d6442d837c5c82dd86479c",
		"A record says done though the certificate is due",
		"acmed ignores the record and renews. Find out who else writes "
		"below /var/lib/acmed.",
		BACKOFF_Q1},
	{"L10", "e6252c7c6e2145bc90a1622e36bbec0f",
		"SELinux, AppArmor or Landlock denies a path",
		"Look for the denial (ausearch -m avc, journalctl -k). Then "
		"run 'restorecon -R' on the path, or allow it in the profile.",
		BACKOFF_Q5},
	{"L11", "cb43dd036835460b9928354dc33ca9b9",
		"A part of acmed cannot be loaded",
		"An upgrade may have left one behind: reinstall the package, "
		"then 'acmed --selftest' says what is still missing.",
		BACKOFF_Q5},
	{"L12", "d6dca2dd7e9749629210ee45ae7ee27e",
		"An export would overwrite what it exports",
		"Path= of the [Export] section names acmed's own file; choose "
		"another.",
		BACKOFF_Q6},
	{"L13", "ca398166691444678243d39a392f0e90",
		"A due certificate is passed over",
		"The message says by what: end a hold with 'acmectl unhold "
		"NAME', or correct the file of the certificate.",
		BACKOFF_Q4},
	{"L14", "0b1ce60549a346249f05f9a556f59fb6",
		"The state is older than what is installed, or shared",
		"A backup was restored, or a copy of this machine renews the "
		"same certificates. Let only one of them do so, and check "
		"'acmectl status NAME'.",
		BACKOFF_Q4},
	{"L15", "4d6bff3add1b4f5d826ae720e01985b8", "A resource has run out",
		"The message says which: free inodes or raise the quota of the "
		"file system, or raise LimitNOFILE= of the service.",
		BACKOFF_Q5},
	/* The daemon and its helpers. */
	{"M1", "b43267a95f2d4f978f4d256377c488b3", "acmed does not work",
		"It has not run, or not ticked, for too long: see 'systemctl "
		"status acmed' and start it. Until then nothing is renewed.",
		BACKOFF_Q5},
	{"M2", "739f18353ac14ed9a7131b204c37147f",
		"A hook ran too long and was killed",
		"Look at its output in the journal, and make it end in time.",
		BACKOFF_Q6},
	{"M5", "d36c5b4dd1b54a46ba0f6aa1d51c8b62",
		"acmed uses too much memory or too many descriptors",
		"It is started again and keeps its state. Report it with what "
		"'journalctl -u acmed' shows.",
		BACKOFF_Q5},
	{"M6", "65024995cb374ea998e63b936f0e052b", "A reply was too large",
		"What answers in the CA's place sends more than a CA has "
		"reason to: check Directory= and Proxy=.",
		BACKOFF_Q1},
	{"M7", "501da471d0aa400ca681d6300f35b032", "A way to tell people fails",
		"Correct NotifyMail= or NotifyURLFile=, then 'acmectl "
		"notify-test' proves each channel.",
		BACKOFF_Q1},
	{"M9", "d18149781cab429dbd47252d21698cca",
		"A helper of acmed is missing or died",
		"See 'systemctl status acmed-vault.socket acmed-hand.socket "
		"acmed-deploy.socket': all have to be active. The journal has "
		"the helper's last words.",
		BACKOFF_Q1},
};

const struct diagnosis_group diagnosis_machine = {
	CAUSES, sizeof(CAUSES) / sizeof(*CAUSES)};
