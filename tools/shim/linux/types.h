/* SPDX-License-Identifier: GPL-2.0 */
/* The C library's headers look for the system's one here, arm64's <signal.h> among them. */
#include_next <linux/types.h>
#include "../shim.h"
