// SPDX-License-Identifier: GPL-2.0
#include "look.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#define HELD_UP_MS	300

static DECLARE_COMPLETION(looking);
static bool slow;

/**
 * kapt_look_slowly - hold up the next work item that looks at a view
 */
void kapt_look_slowly(void)
{
	reinit_completion(&looking);
	WRITE_ONCE(slow, true);
}

/**
 * kapt_looking - wait until a work item is held up
 * @ms: how long to wait, in milliseconds
 *
 * Return: whether one is.
 */
bool kapt_looking(unsigned int ms)
{
	return wait_for_completion_timeout(&looking, msecs_to_jiffies(ms));
}

/* Returns true: the loop goes on. */
bool kapt_look(void)
{
	if (READ_ONCE(slow) && (current->flags & PF_WQ_WORKER)) {
		WRITE_ONCE(slow, false);
		complete(&looking);
		msleep(HELD_UP_MS);
	}
	return true;
}
