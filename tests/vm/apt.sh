# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Debian's archive: what is in a suite, and how kernel packages hang together.

: "${KAP_MIRROR:=http://deb.debian.org/debian}"
: "${KAP_SECURITY_MIRROR:=http://deb.debian.org/debian-security}"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

sources() { # SUITE
	local by="[signed-by=$keyring]"
	echo "deb $by $KAP_MIRROR $1 main"
	case $1 in
	*-* | sid | unstable | experimental) ;;
	*) echo "deb $by $KAP_SECURITY_MIRROR $1-security main" ;;
	esac
}

# private_apt SUITE [ARCHITECTURE]: make apt look at that suite only, with its state below the cache:
# no root, no change to this machine. The machine's own apt.conf (proxies) still counts. Of another
# architecture, what is built for this one can be had too: NAME:amd64.
private_apt() {
	apt_arch=${2:-amd64} apt_dir=$KAP_CACHE/apt/$1
	[[ $apt_arch == amd64 ]] || apt_dir+=-$apt_arch
	[[ -r $keyring ]] || die "$keyring is missing (tests/vm/deps installs it)"
	lists_fresh || locked "${apt_dir##*/}.lists" read_lists "$1" || exit
	export APT_CONFIG=$apt_dir/apt.conf
}

# Who asks for many kernels of a suite need not read the same lists each time.
lists_fresh() { [[ $(find "$apt_dir/.read" -mmin -10 2>/dev/null) ]]; }

# read_lists SUITE: under the lock, so another process may have done it meanwhile
read_lists() {
	! lists_fresh || return 0
	mkdir -p "$apt_dir"/{lists/partial,archives/partial}
	sources "$1" >"$apt_dir/sources.list"
	: >"$apt_dir/status"
	# Valid-Until: the suites of old releases are no longer re-signed.
	# Sandbox: root's apt would otherwise become a user who cannot write into the cache.
	cat >"$apt_dir/apt.conf" <<-END
	Dir::State "$apt_dir";
	Dir::State::lists "$apt_dir/lists";
	Dir::State::status "$apt_dir/status";
	Dir::Cache "$apt_dir";
	Dir::Cache::archives "$apt_dir/archives";
	Dir::Etc::sourcelist "$apt_dir/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	APT::Architecture "$apt_arch";
	APT::Architectures { "$apt_arch"; "amd64"; };
	APT::Install-Recommends "false";
	APT::Sandbox::User "root";
	Acquire::Check-Valid-Until "false";
	Acquire::Languages "none";
	END
	export APT_CONFIG=$apt_dir/apt.conf
	say "reading the package lists of $1"
	if ! apt-get -q update >&2; then
		# Of another architecture the security archive is at times incomplete; of this one that must not pass.
		[[ $apt_arch != amd64 ]] || die "cannot read the package lists of $1"
		sed -i '/-security /d' "$apt_dir/sources.list"
		apt-get -q update >&2 || die "cannot read the package lists of $1"
		say "$1 for $apt_arch without the security updates, whose lists cannot be read"
	fi
	touch "$apt_dir/.read"
}

# Kernel packages of this architecture are wanted, but programs that run here.
qualified() { # PACKAGE
	case $1 in
	linux-kbuild-*) echo "$1:amd64" ;;
	*) echo "$1" ;;
	esac
}

depends() { # PACKAGE: the kernel packages it depends on, of alternatives the first
	apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n 's/^Depends: //p' | tr ',' '\n' |
		sed -nE 's/^ *(linux-(image|binary|modules|base|headers|kbuild)-[0-9][^ :|]*).*/\1/p'
}

# newest KIND: the newest kernel of the suite, of the flavour in flavour. The metapackage names it, where
# there is one.
# shellcheck disable=SC2154
newest() {
	local p
	p=$(depends "linux-$1-$flavour" | grep -m1 "^linux-$1-") ||
		p=$(apt-cache pkgnames "linux-$1-" | grep -E "^linux-$1-[0-9].*[0-9]-$flavour(-unsigned)?$" |
			sort -V | tail -n 1) || :
	echo "$p"
}

# closure PACKAGE...: these and the kernel packages that they need. Some headers depend on a whole kernel,
# which is of no use when only they are asked for.
closure() {
	local -A seen=()
	local queue=("$@") p d
	while ((${#queue[@]})); do
		p=${queue[0]}
		queue=("${queue[@]:1}")
		[[ ${seen[$p]-} ]] && continue
		seen[$p]=1
		qualified "$p"
		while read -r d; do
			[[ $1 == linux-headers-* && $d =~ ^linux-(image|binary|modules)- ]] || queue+=("$d")
		done < <(depends "$p")
	done
}
