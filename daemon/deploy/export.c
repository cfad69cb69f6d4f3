/* SPDX-License-Identifier: MIT */
#include "export.h"

#include "key.h"
#include "target.h"
#include "text.h"

#include <grp.h>
#include <openssl/crypto.h>
#include <openssl/pkcs12.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

static bool find_owner(const struct config_export *export,
	struct trusted_owner *owner, struct error *err)
{
	*owner = (struct trusted_owner){geteuid(), getegid()};
	if (export->owner) {
		const struct passwd *user = getpwnam(export->owner);
		if (!user)
			return fail(err, ERROR_REFUSED,
				"there is no user '%s' (Owner=)",
				export->owner);
		*owner = (struct trusted_owner){user->pw_uid, user->pw_gid};
	}
	if (!export->group)
		return true;
	const struct group *group = getgrnam(export->group);
	if (!group)
		return fail(err, ERROR_REFUSED,
			"there is no group '%s' (Group=)", export->group);
	owner->gid = group->gr_gid;
	return true;
}

static bool write_file(struct target_wish *wish, const char *path,
	struct target_file *content, struct error *err)
{
	const char *slash = strrchr(path, '/');
	cleanup(string) char *folder =
		text_format("%.*s", (int)(slash - path), path);

	if (!folder)
		return fail_memory(err);
	wish->folder = folder[0] ? folder : "/";
	content->name = slash + 1;
	wish->files = content;
	wish->count = 1;
	return target_write(wish, err);
}

static bool has_key(const struct material *material, struct error *err)
{
	return material->key_pem ||
		fail(err, ERROR_REFUSED,
			"the key of version %u is not on this machine (CSR=): "
			"only 'Format=pem' goes without",
			material->version);
}

static bool write_combined(struct target_wish *wish,
	const struct config_export *export, struct error *err)
{
	const struct material *material = wish->material;
	if (!has_key(material, err))
		return false;
	cleanup(string) char *full =
		text_format("%s%s", material->cert_pem, material->chain_pem);

	if (!full)
		return fail_memory(err);
	char *pem = key_pem_join(material->key_pem, full);
	bool is_written = write_file(wish, export->path,
		&(struct target_file){.bytes = pem, .length = strlen(pem)},
		err);
	key_pem_free(pem);
	return is_written;
}

static struct target_file of_text(const char *name, const char *text)
{
	return (struct target_file){name, text, strlen(text)};
}

/* A key that is not here is left to him who has it. */
static bool write_pem(struct target_wish *wish,
	const struct config_export *export, struct error *err)
{
	const struct material *material = wish->material;
	cleanup(string) char *full =
		text_format("%s%s", material->cert_pem, material->chain_pem);
	struct target_file files[4];

	if (!full)
		return fail_memory(err);
	if (material->key_pem)
		files[wish->count++] =
			of_text("privkey.pem", material->key_pem);
	files[wish->count++] = of_text("cert.pem", material->cert_pem);
	files[wish->count++] = of_text("chain.pem", material->chain_pem);
	files[wish->count++] = of_text("fullchain.pem", full);
	wish->folder = export->path;
	wish->files = files;
	return target_write(wish, err);
}

/* With AES and an empty password, which every reader accepts. */
static unsigned char *make_pkcs12(const struct material *material, int *length)
{
	unsigned char *bytes = NULL;
	STACK_OF(X509) *others = sk_X509_dup(material->chain);
	X509 *leaf = sk_X509_shift(others);
	PKCS12 *store = PKCS12_create("", "acmed", material->key, leaf, others,
		NID_aes_256_cbc, NID_aes_256_cbc, 0, 0, 0);

	sk_X509_free(others);
	if (store)
		*length = i2d_PKCS12(store, &bytes);
	PKCS12_free(store);
	return bytes;
}

static bool write_pkcs12(struct target_wish *wish,
	const struct config_export *export, struct error *err)
{
	int length = 0;
	if (!has_key(wish->material, err))
		return false;
	unsigned char *bytes = make_pkcs12(wish->material, &length);

	if (!bytes || length <= 0)
		return fail(err, ERROR_LOCAL, "cannot make a PKCS#12 file");
	struct target_file content = {.bytes = bytes, .length = (size_t)length};
	bool is_written = write_file(wish, export->path, &content, err);
	OPENSSL_clear_free(bytes, (size_t)length);
	return is_written;
}

bool export_write(const struct config_export *export,
	const struct material *material, const struct turn *turn,
	struct error *err)
{
	static bool (*const WRITERS[])(struct target_wish *,
		const struct config_export *, struct error *) = {
		[EXPORT_COMBINED] = write_combined,
		[EXPORT_PEM] = write_pem,
		[EXPORT_PKCS12] = write_pkcs12,
	};
	struct target_wish wish = {
		.mode = (mode_t) export->mode,
		.material = material,
		.turn = turn,
	};

	if (find_owner(export, &wish.owner, err) &&
		WRITERS[export->format](&wish, export, err))
		return true;
	error_prefix(err, "[Export %s]", export->name);
	if (!err->code[0])
		snprintf(err->code, sizeof(err->code), "P6");
	return false;
}
