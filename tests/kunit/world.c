// SPDX-License-Identifier: GPL-2.0
#include "world.h"

#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "conn/hook.h"
#include "fault.h"
#include "policy/policy.h"
#include "rule/format.h"
#include "ruleset/cgroup_cache.h"
#include "sysfs/sysfs.h"
#include "sysfs/view.h"
#include "sysfs/write.h"

#define RULES_ROOM	(256 << 10)

static const struct file_operations file_ops = { .owner = THIS_MODULE };
static long live_before;
static bool ready;

static int init_all(void)
{
	int err;

	err = kap_hook_init();
	if (err)
		return err;
	err = kap_cgroup_init();
	if (err)
		return err;
	err = kap_policy_init();
	if (err)
		goto err_cgroup;
	err = kap_sysfs_init();
	if (err)
		goto err_policy;
	kap_policy_set_max_rules(KAP_RULES_DEFAULT);
	return kap_policy_enable(true);

err_policy:
	kap_policy_exit();
err_cgroup:
	kap_cgroup_exit();
	return err;
}

/* As kapolicy_init(); the tests call what is behind the files in sysfs. */
int world_init(struct kunit *test)
{
	int err;

	live_before = kapt_live();
	err = init_all();
	ready = !err;
	return err;
}

/* As kapolicy_exit(); whatever the test did, nothing must be left. */
void world_exit(struct kunit *test)
{
	kapt_fail_at(0);
	if (!ready)
		return;
	ready = false;
	kap_sysfs_exit();
	kap_policy_exit();
	kap_cgroup_exit();
	KUNIT_EXPECT_EQ_MSG(test, kapt_live(), live_before,
			    "allocations that were not freed");
}

/**
 * pen_open - open a rules file
 * @test: the test; ends if there is no memory
 * @pen: the result, for pen_close()
 */
void pen_open(struct kunit *test, struct pen *pen)
{
	pen->off = 0;
	pen->file = anon_inode_getfile("kapolicy_rules", &file_ops, NULL,
				       O_RDWR);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pen->file));
}

void pen_close(struct pen *pen)
{
	fput(pen->file);
}

/* One write(2) of less than a page; as there, an error moves nothing. */
int pen_write_len(struct pen *pen, const char *text, size_t len)
{
	ssize_t done = kap_write(pen->file, text, pen->off, len);

	if (done < 0)
		return done;
	pen->off += done;
	return 0;
}

int pen_write(struct pen *pen, const char *text)
{
	return pen_write_len(pen, text, strlen(text));
}

/* echo TEXT >rules */
int rules_write(struct kunit *test, const char *text)
{
	struct pen pen;
	int err;

	pen_open(test, &pen);
	err = pen_write(&pen, text);
	pen_close(&pen);
	return err;
}

/* The same, where the test is about something else. */
void rules_set(struct kunit *test, const char *text)
{
	KUNIT_ASSERT_EQ_MSG(test, rules_write(test, text), 0, "%s: %s", text,
			    rules_last_error());
}

/**
 * rules_read - cat rules
 * @test: the test; ends if they cannot be read
 *
 * Return: the text; freed with the test, or by kunit_kfree().
 */
char *rules_read(struct kunit *test)
{
	char *text = kunit_kzalloc(test, RULES_ROOM, GFP_KERNEL);
	struct pen pen;
	ssize_t got;

	KUNIT_ASSERT_NOT_NULL(test, text);
	pen_open(test, &pen);
	do {
		KUNIT_ASSERT_LT(test, pen.off, (loff_t)RULES_ROOM - PAGE_SIZE);
		got = kap_view_read(pen.file, kap_format_line, text + pen.off,
				    pen.off, PAGE_SIZE);
		KUNIT_ASSERT_GE(test, got, (ssize_t)0);
		pen.off += got;
	} while (got);
	pen_close(&pen);
	return text;
}

/* Without the ids, "RULE\n" each: ids are never the same again. */
char *rules_text(struct kunit *test)
{
	char *text = rules_read(test), *to = text, *from, *end;

	for (from = text; *from; from = strchr(end, '\n') + 1) {
		end = strstr(from, "  # id=");
		KUNIT_ASSERT_NOT_NULL(test, end);
		KUNIT_ASSERT_EQ(test, strncmp(from, "add ", 4), 0);
		from += 4;
		memmove(to, from, end - from);
		to += end - from;
		*to++ = '\n';
	}
	*to = '\0';
	return text;
}

u64 rules_generation(void)
{
	struct kap_ruleset *set = kap_policy_get();
	u64 generation = set->generation;

	kap_ruleset_put(set);
	return generation;
}

/* "" or "LINE:COL-COL: text\n" */
const char *rules_last_error(void)
{
	static char text[256];

	text[0] = '\0';
	kap_write_last_error(text, sizeof(text));
	return text;
}
