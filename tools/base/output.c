// SPDX-License-Identifier: GPL-2.0
#include "base/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/exit.h"

/* The JSON document of the command; kap_output_finish() prints it. */
static json_t *result;
static bool no_json;
static bool quiet;

/* A list that is printed item by item: its key, and whether one was printed. */
static const char *list;
static bool list_used;

/**
 * kap_output_is_tty - is it people who read?
 *
 * Return: whether stdout is a terminal.
 */
bool kap_output_is_tty(void)
{
	return isatty(STDOUT_FILENO);
}

/**
 * kap_output_json - set the document a command prints under --json
 * @doc: an object, for when it succeeds, or an array, for whatever happens;
 *	its reference is taken over
 */
void kap_output_json(json_t *doc)
{
	json_decref(result);
	result = doc;
}

/**
 * kap_output_no_json - what is printed is text, --json or not
 */
void kap_output_no_json(void)
{
	no_json = true;
}

/**
 * kap_output_set_quiet - do not say what was done
 */
void kap_output_set_quiet(void)
{
	quiet = true;
}

/**
 * kap_output_is_wanted - is a command to say what it did?
 *
 * Return: whether it is, in words on stdout.
 */
bool kap_output_is_wanted(void)
{
	return !quiet && !kap_diag_is_json();
}

/**
 * kap_output_list - begin a list that may be too long to be kept
 * @key: what it is called in the document; what else the document has, follows
 *	by kap_output_json()
 */
void kap_output_list(const char *key)
{
	list = key;
	printf("{\n  \"%s\": [", key);
}

/**
 * kap_output_item - print an element of the list
 * @item: its reference is taken over
 */
void kap_output_item(json_t *item)
{
	printf("%s\n    ", list_used ? "," : "");
	json_dumpf(item, stdout, JSON_REAL_PRECISION(12));
	json_decref(item);
	list_used = true;
}

static void finish_list(void)
{
	json_t *doc = result ? result : json_object(), *value;
	const char *key;

	result = NULL;
	kap_diag_to_json(doc);
	printf("%s]", list_used ? "\n  " : "");
	json_object_foreach(doc, key, value) {
		printf(",\n  \"%s\": ", key);
		json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
	}
	printf("\n}\n");
	json_decref(doc);
}

static void print_json(int ret)
{
	json_t *doc = NULL;

	if (list) {
		finish_list();
		return;
	}
	if (ret == KAP_EXIT_OK || json_is_array(result)) {
		doc = result;
		result = NULL;
	}
	if (!doc)
		doc = json_object();
	if (!json_object_size(doc) && ret == KAP_EXIT_OK)
		json_object_set_new(doc, "ok", json_true());
	kap_diag_to_json(doc);
	json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	putchar('\n');
	json_decref(doc);
	json_decref(result);
	result = NULL;
}

/**
 * kap_output_finish - bring out all that is to be printed
 * @ret: how the command ended, an enum kap_exit
 *
 * Return: how kapctl ends.
 */
int kap_output_finish(int ret)
{
	/* a warning that --strict made an error */
	if (ret == KAP_EXIT_OK && kap_diag_errors())
		ret = KAP_EXIT_FAILED;
	kap_diag_finish();
	if (kap_diag_is_json() && !no_json)
		print_json(ret);
	if (fflush(stdout) || ferror(stdout)) {
		kap_diag_error("stdout: %s", strerror(errno));
		return KAP_EXIT_FAILED;
	}
	return ret;
}
