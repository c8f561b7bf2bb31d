// SPDX-License-Identifier: GPL-2.0
#include "sysfs/attr.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

/**
 * kap_attr_may_write - may the current task write to an open file of ours
 * @file: the open file
 *
 * Both the writer and the opener of the file need CAP_NET_ADMIN in the initial
 * user namespace. Otherwise an unprivileged process could use a descriptor that
 * a privileged one opened, or make a setuid program write to its own. Only
 * binary attributes are passed the struct file, so every writable file is one.
 *
 * Context: process.
 * Return: whether it may.
 */
bool kap_attr_may_write(const struct file *file)
{
	return capable(CAP_NET_ADMIN) &&
	       file_ns_capable(file, &init_user_ns, CAP_NET_ADMIN);
}

/**
 * kap_attr_number_read - read a file that contains a number
 * @n: the number
 * @buf: where to
 * @off: offset in the file
 * @len: bytes of @buf
 *
 * Context: any.
 * Return: bytes read, or a negative errno value.
 */
ssize_t kap_attr_number_read(u32 n, char *buf, loff_t off, size_t len)
{
	char text[16];
	int size = scnprintf(text, sizeof(text), "%u\n", n);

	return memory_read_from_buffer(buf, len, &off, text, size);
}

/**
 * kap_attr_number_parse - parse what was written to a file that takes a number
 * @buf: what was written
 * @len: bytes of it
 * @max: largest number that is accepted
 * @n: the result
 *
 * Context: any.
 * Return: 0 or a negative errno value.
 */
int kap_attr_number_parse(const char *buf, size_t len, u32 max, u32 *n)
{
	char text[16];
	int err;

	if (len >= sizeof(text))
		return -EINVAL;
	memcpy(text, buf, len);
	text[len] = '\0';
	err = kstrtou32(text, 10, n);
	if (err)
		return err;
	return *n > max ? -EINVAL : 0;
}
