/* SPDX-License-Identifier: MIT */
#include "sandbox_mode.h"

#include "config_files.h"
#include "config_value.h"
#include "ini.h"
#include "text.h"

static void on_line(void *data, const struct ini_line *line)
{
	enum config_sandbox sandbox;

	if (line->key && streq(line->section, "Daemon") &&
		streq(line->key, "Sandbox") &&
		config_value_sandbox(line->value, &sandbox, NULL))
		*(bool *)data = sandbox == SANDBOX_LOG;
}

static void on_mistake(void *data, unsigned number, const char *message)
{
	(void)data;
	(void)number;
	(void)message;
}

void sandbox_mode_scan(const char *bytes, size_t length, bool *only_logs)
{
	ini_read(bytes, length, on_line, on_mistake, only_logs);
}

bool sandbox_mode_only_logs(const char *main_file)
{
	struct config_files files;
	bool only_logs = false;

	config_files_list_global(&files, main_file);
	for (size_t i = 0; i < files.count; i++) {
		struct config_file *file = &files.files[i];
		config_file_read(file);
		if (file->bytes)
			sandbox_mode_scan(
				file->bytes, file->length, &only_logs);
	}
	config_files_clear(&files);
	return only_logs;
}
