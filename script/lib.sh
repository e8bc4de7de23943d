# SPDX-License-Identifier: MIT
# What script/demo, script/test and .ci/run share; read with `.`, not run. The caller has set TOP and cd'ed there.
#
# Build folders are build-* in the top of the sources. Everything is quiet unless it fails.

JOBS=${JOBS:-$(nproc 2>/dev/null || echo 2)}
export DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8

say() { printf '%s\n' "$*"; }

# quietly LOG COMMAND...: the output goes to LOG; the end of it is shown if the command fails.
quietly() {
  log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if "$@" >"$log" 2>&1 </dev/null; then return 0; fi
  say "failed: $*" "(the end of $log)"
  tail -n "${TAIL:-30}" "$log"
  return 1
}

# Debian packages that are missing. need COMMAND PACKAGE; need_lib PKG-CONFIG-NAME PACKAGE.
missing=
want() { case " $missing " in *" $1 "*) ;; *) missing="${missing:+$missing }$1" ;; esac; }
need() { command -v "$1" >/dev/null 2>&1 || want "$2"; }
need_lib() {
  if command -v pkg-config >/dev/null 2>&1; then pkg-config --exists "$1" || want "$2"
  else want "$2"; fi
}
need_to_build() {
  [ -n "${CC:-}" ] || need cc gcc
  [ -e /usr/include/stdio.h ] || want libc6-dev
  need make make
  need autoreconf autoconf
  need automake automake
  need libtoolize libtool
  need pkg-config pkgconf
  need_lib jansson libjansson-dev
}
# need_python MODULE:PACKAGE...: sets PYTHON3 to an interpreter that has all modules; if there is none, wants the
# packages for Debian's own.
need_python() {
  modules= packages=
  for pair; do
    modules="$modules ${pair%%:*}" packages="$packages ${pair#*:}"
  done
  # Looked up, not imported: Debian's pip and setuptools cannot be imported in one process in every order.
  has_modules='import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in sys.argv[1:]))'
  for PYTHON3 in ${POLICYEVAL_PYTHON:-} python3 /usr/bin/python3; do
    if command -v "$PYTHON3" >/dev/null 2>&1 && "$PYTHON3" -c "$has_modules" $modules 2>/dev/null; then return 0; fi
  done
  PYTHON3=/usr/bin/python3
  for package in $packages; do want "$package"; done
}

# Installs what is missing, as root or with sudo, and says so.
install_missing() {
  [ -n "$missing" ] || return 0
  packages=$missing missing=
  if ! command -v apt-get >/dev/null 2>&1; then
    say "missing, by the names of Debian packages: $packages" "(no apt-get here: please install them)" >&2
    return 1
  fi
  sudo=
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      say "missing Debian packages: $packages" "(neither root nor sudo: please run  apt-get install $packages)" >&2
      return 1
    fi
    sudo="sudo DEBIAN_FRONTEND=noninteractive"
  fi
  say "installing Debian packages: $packages"
  if quietly "$1/apt.log" $sudo apt-get install -y --no-install-recommends $packages >/dev/null; then return 0; fi
  quietly "$1/apt.log" $sudo apt-get update &&
    quietly "$1/apt.log" $sudo apt-get install -y --no-install-recommends $packages
}

# configure_script FOLDER-OF-THE-LOG: made anew if configure.ac is newer.
configure_script() {
  [ -x configure ] && [ ! configure.ac -nt configure ] && return 0
  quietly "$1/autoreconf.log" autoreconf -fi
}

# configured FOLDER [VARIABLE=VALUE...] [CONFIGURE OPTION...]: configure, again only when the options changed.
configured() {
  folder=$1
  shift
  configure_script "$folder" || return 1
  if [ ! -f "$folder/Makefile" ] || [ "$(cat "$folder/options" 2>/dev/null)" != "$*" ]; then
    mkdir -p "$folder"
    # Of another configuration nothing may be left.
    [ ! -f "$folder/Makefile" ] || (cd "$folder" && make -s distclean >/dev/null 2>&1)
    if ! (cd "$folder" && quietly configure.log "$TOP/configure" "$@"); then return 1; fi
    printf '%s' "$*" >"$folder/options"
  fi
}

# build: the same, and make.
build() {
  configured "$@" && quietly "$1/make.log" make -C "$1" -j"$JOBS"
}
