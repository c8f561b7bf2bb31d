/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KAPOLICY_COMPAT_LINUX_ATOMIC_H
#define _KAPOLICY_COMPAT_LINUX_ATOMIC_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

/*
 * Not every architecture can exchange a byte in every kernel: riscv cannot
 * before 6.10. All can exchange a word.
 */
#ifdef CONFIG_X86
#define kap_cmpxchg_u8(p, old, new)	cmpxchg(p, old, new)
#else
/*
 * Exchanges the word around the byte. Whoever stores to another byte of that
 * word meanwhile makes the exchange fail, and it is tried again.
 */
static inline u8 kap_cmpxchg_u8(u8 *p, u8 old, u8 new)
{
	u32 *word = (u32 *)((unsigned long)p & ~(sizeof(*word) - 1));
	union {
		u32 word;
		u8 byte[sizeof(u32)];
	} was, to;
	u32 seen;

	seen = READ_ONCE(*word);
	do {
		was.word = seen;
		to.word = seen;
		if (was.byte[p - (u8 *)word] != old)
			break;
		to.byte[p - (u8 *)word] = new;
		seen = cmpxchg(word, was.word, to.word);
	} while (seen != was.word);
	return was.byte[p - (u8 *)word];
}
#endif

/* cmpxchg() of a byte or of anything larger that an architecture can. */
#define kap_cmpxchg(p, old, new) \
	_Generic(*(p), \
		u8: kap_cmpxchg_u8((u8 *)(p), old, new), \
		default: cmpxchg(p, old, new))

#endif /* _KAPOLICY_COMPAT_LINUX_ATOMIC_H */
