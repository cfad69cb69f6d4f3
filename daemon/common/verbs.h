/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the loop asks of its helpers: the verbs, their members and replies.
 * The frame is that of message.h. Names of certificates and CAs are those of
 * the configuration; no message carries a path. Times are RFC 3339 UTC.
 *
 * VAULT. The loop says hello first; when its connection closes the vault
 * ends. There is one loop at a time (L8). Root may connect for a short
 * conversation beside it (only `ping`, `permit` and `purge`). Replies may come in
 * another order than the requests (key generation runs in a child).
 *
 *   hello         {role: "loop"}
 *              -> {version, pid, walls: ["landlock", "seccomp", "user"],
 *                 missing: text (those of its walls that are not up, or "")}
 *   ping          {} -> {}
 *   configure     {more}: reads the configuration, keeps the accepted texts
 *              -> {certificates: N, mistakes: [text...] (capped at 200)}
 *                 or {more: true}, a slice is done: ask again with more
 *                 error REFUSED: no acmed.conf was ever accepted
 *   configuration {index, offset}: the texts by which vault and loop go
 *              -> {files: [{index, path, name|null, known, stale,
 *                  missing, mistakes: [text...], offset, total,
 *                  text}], next: {index, offset} | null}
 *                 stale: the accepted text of a file that has mistakes now;
 *                 missing: there is none to go by, and text is empty
 *   load          {after: NAME | ""}: every lineage and every certificate
 *              -> {certificates: [LINEAGE...], next: NAME | null}
 *                 LINEAGE {name, state: {...} | null, installed: VERSION |
 *                 null, versions: [n...], order: {...} | null, staged:
 *                 VERSION | null, problem: text (absent when sound),
 *                 damaged: {version, code, text} (what is installed, when
 *                 it was seen to be), unread: {code, text} (the state, which
 *                 may be there all the same)}
 *                 VERSION {version, facts: as certificate_facts_to_json,
 *                 revoked: true (of what is installed, when it is),
 *                 request: HASH (csr_hash() of CSR=, where it came of it
 *                 and there is no key)}
 *                 staged: checked and complete, but not switched in yet; or
 *                 the newest whole version when the link was lost; never
 *                 one that has expired or is revoked
 *                 problem: "L7: ...; L5: ...", what is damaged
 *   look          {name, version}: what a server would read; mends a link that
 *                 is gone, if that version may be served still, and keys
 *                 that everybody could read
 *              -> {findings: [{check, verdict, code, text}...]}
 *   placeholder   {name} -> {installed: VERSION}
 *   account       {ca, staging, look}: makes the key if there is none; look:
 *                 makes nothing, and answers {} then
 *              -> {url | null, directory | null, thumbprint, key: TYPE,
 *                  contacts: what the CA was told | null,
 *                  updates_contacts: the CA was told others,
 *                  changing: a key change is not settled yet,
 *                  closed: deactivated by us,
 *                  token: the URI of its key, without a PIN | null}
 *   account-save  {ca, staging, url, directory, has_contacts, closed} -> {}
 *                 has_contacts: the CA was told those of Contact= (default)
 *   account-terms {ca, staging, terms: URL} -> {}: kept with the account
 *   sign          {ca, staging, by, url, nonce, payload} -> {jws}
 *                 by: "account", "key", "bound-key" (adds the external
 *                 account binding of EABKeyFile=), "next-key" (only
 *                 POST-as-GET; see key-change)
 *                 REFUSED for a payload of a shape that is not its list
 *                 (architecture, "Vault verbs")
 *   key-change-begin   {ca, staging}: makes the next key, if there is none,
 *                 which needs a permit and uses it up
 *              -> {resumed: true when there was one}
 *   key-change    {ca, staging, url, nonce} -> {jws}: both JWS
 *   key-change-settle  {ca, staging, goes_by: "new" | "old"} -> {}
 *   revoke        {name, version, reason: NUMBER, by: "account" |
 *                 "certificate", ca, staging, url, nonce} -> {jws}; needs a
 *                 permit for that reason; by the certificate not while
 *                 another one in service has its key, but for keyCompromise
 *   revoked       {name, version, reason: NUMBER} -> {}: marks it, so that it
 *                 is never gone back to; needs the same permit
 *   dns-update    {name, identifier, zone, record, value, remove: bool}:
 *                 one TXT record, signed with the KeyFile= of that name; one
 *                 that is not to stay is on the list of dns-leftovers now
 *              -> {message, number, mac}; message and mac in base64url
 *   dns-verify    {name, identifier, zone, record, value, remove, number, mac,
 *                 reply} -> {}: the server has done it; else D1, D5, D7 or C1
 *   dns-leftovers {} -> {records: [{name, identifier, server, port, zone,
 *                 record, value}...] (capped at 100)}: what was signed into
 *                 zones, and not yet out of them
 *   csr           {name, dry, without: [NAME...]}: makes next/privkey.pem if there is none (or
 *                 takes the installed key when ReuseKey=yes)
 *              -> {csr}; dry: key and CSR are kept in memory only; with
 *                 CSR= that one, kept as next/csr.pem in the place of a key
 *   order-save    {name, order: {ca, url, account}} -> {}
 *   order-drop    {name, dry} -> {}: removes next/
 *   stage         {name, chain, dry}: all checks, then archive/NAME/N
 *              -> VERSION
 *   switch        {name, version} -> VERSION, prunes to three
 *   rollback      {name, version} -> VERSION: from that version to the newest
 *                 older one that is still valid and no placeholder; REFUSED
 *                 when there is none
 *   state-save    {name, state: {...} at most 64 KiB} -> {}
 *   machine-save  {part: "telling"|"starts", state: {...} at most 64 KiB} -> {}
 *   machine-load  {part} -> {state: {...} | null}
 *   probe         {} -> {}: 256 KiB can be written and synced
 *   permit        {what: "revoke", name, version, reason} or {what: "key-change" |
 *                 "close", ca} -> {}: root only; for a day, or until the
 *                 vault ends; "key-change" for one key
 *   purge         {name} -> {}: root only, and only what is not configured:
 *                 live/, archive/, state/ of that name
 *
 * HAND. One conversation a certificate's attempt. At end of file it
 * withdraws what it still has published.
 *
 *   present       {name, identifier, token, answer, record_name,
 *                 record_value} -> {}
 *                 the record only where the hand cannot make it from the
 *                 answer: dns-account-01 (name), dns-persist-01 (value)
 *   withdraw      {name, identifier, token} -> {}
 *
 * DEPLOY. One request a conversation. It refuses a certificate whose file
 * has mistakes, and a version that live/NAME does not point to. What is not
 * exported yet is left when the conversation closes.
 *
 *   {name, version, step} -> {done: [text...], waits_for: UNIT | null}
 *   waits_for: a unit that is not running, after all others were reloaded
 *   step: "export"   every [Export], after those of an earlier request
 *         "hook"     every Hook=, in order
 *         "restart"  Restart=, ReloadCommand=, ReloadSignal=
 *         "reload"   Reload=, where the loop may not (no polkit)
 *
 * NOTIFY. One request a conversation. The message goes to whom NotifyMail=
 * names, by sendmail; subject at most 200 bytes, text at most 16 KiB.
 *
 *   {subject, text} -> {to: ADDRESS}
 */
