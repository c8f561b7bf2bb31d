// SPDX-License-Identifier: GPL-2.0
/*
 * Writes to the rules file, of several writers, in pieces cut anywhere.
 *
 * The input is what they write. Bytes that UTF-8 does not have are commands:
 * f8 to fb end a write, the next comes from writer 0 to 3; fc: the next begins
 * at offset 0; fd: it begins behind a hole; fe: the file is closed and opened
 * again, and a second passes if the offset was odd. ff N: of the next write,
 * the N-th allocation fails.
 */
#include "fuzz.h"
#include "rules_file.h"

#define WRITERS	4

struct writer {
	struct file *file;
	loff_t off;
};

static void flush(struct writer *w, const u8 *s, size_t len,
		  unsigned int fail_at)
{
	if (!len)
		return;
	if (!rules_write(w->file, (const char *)s, w->off, len, fail_at))
		w->off += len;
}

static void command(struct writer *w, u8 byte)
{
	switch (byte) {
	case 0xfc:
		w->off = 0;
		break;
	case 0xfd:
		w->off += 3;
		break;
	case 0xfe:
		fput(w->file);
		if (w->off & 1)
			run_pending_work();
		w->file = rules_open();
		w->off = 0;
		break;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct writer writer[WRITERS], *w = writer;
	struct input in = { data, size };
	unsigned int fail_at = 0;
	const u8 *start = data;
	u32 i;

	rules_init(RULES_MOST);
	for (i = 0; i < WRITERS; i++)
		writer[i] = (struct writer){ rules_open(), 0 };
	while (in.n) {
		u8 byte = take(&in);

		if (byte < 0xf8)
			continue;
		flush(w, start, in.s - 1 - start, fail_at);
		fail_at = byte == 0xff ? take(&in) : 0;
		start = in.s;
		if (byte < 0xf8 + WRITERS)
			w = &writer[byte - 0xf8];
		else
			command(w, byte);
	}
	flush(w, start, in.s - start, fail_at);
	for (i = 0; i < WRITERS; i++)
		fput(writer[i].file);
	rules_check_reload();
	rules_exit();
	return 0;
}
