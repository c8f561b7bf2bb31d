/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KAPOLICY_COMPAT_LINUX_KPROBES_H
#define _KAPOLICY_COMPAT_LINUX_KPROBES_H

#include <linux/kprobes.h>
#include <linux/ptrace.h>

/* Not every architecture says where a function finds its arguments. */
#ifdef CONFIG_HAVE_FUNCTION_ARG_ACCESS_API
#define KAP_KPROBES	IS_ENABLED(CONFIG_KPROBES)
#ifdef CONFIG_S390
/* there regs_get_kernel_argument() calls a function that is not exported */
#define kap_kernel_argument(regs, n)	((regs)->gprs[2 + (n)])
#else
#define kap_kernel_argument(regs, n)	regs_get_kernel_argument(regs, n)
#endif
#else
#define KAP_KPROBES	0
#define kap_kernel_argument(regs, n)	((void)(regs), 0UL)
#endif

#endif /* _KAPOLICY_COMPAT_LINUX_KPROBES_H */
