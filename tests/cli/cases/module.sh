# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# The module is not loaded: exit status 3, and why that may be.

efi=firmware/efi/efivars
boot=SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c

for command in show save stats flush enable disable 'add port=1 idle=90s' \
	'del id=1' 'test port=1'; do
	t "not loaded: $command" "rm -r \"\$sys\"; kapctl $command"
done
t 'not loaded: JSON' 'rm -r "$sys"; kapctl -j show'
t 'not loaded: Secure Boot' "rm -r \"\$sys\"; mkdir -p root/$efi; printf '\\6\\0\\0\\0\\1' >root/$efi/$boot; kapctl"
t 'not loaded: Secure Boot is off' "rm -r \"\$sys\"; mkdir -p root/$efi; printf '\\6\\0\\0\\0\\0' >root/$efi/$boot; kapctl"
t 'not loaded: Secure Boot variable cut short' "rm -r \"\$sys\"; mkdir -p root/$efi; printf '\\6\\0' >root/$efi/$boot; kapctl"
t 'not loaded: lockdown' 'rm -r "$sys"; mkdir -p root/kernel/security; echo "none [integrity] confidentiality" >root/kernel/security/lockdown; kapctl'
t 'not loaded: no lockdown' 'rm -r "$sys"; mkdir -p root/kernel/security; echo "[none] integrity confidentiality" >root/kernel/security/lockdown; kapctl'
t 'KAPCTL_SYS alone' 'mkdir -p root/kernel; mv "$sys" root/kernel/kapolicy; unset KAPCTL_SYSFS; kapctl save'
