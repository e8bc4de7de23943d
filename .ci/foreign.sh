# SPDX-License-Identifier: MIT
# What the gates of foreign builds share; read with `.` after gate.sh, not run. Neither root nor a change of the
# machine's own package lists is needed: apt keeps its state under build-ci/foreign, and what it fetches is unpacked there.
FOREIGN=$TOP/build-ci/foreign

# apt STATE KIND COMMAND...: apt-get with a state of its own over the Debian archives that the machine knows; KIND is
# the architecture of the packages, or `source`. The lists are fetched once.
apt() {
  with apt-get apt
  state=$FOREIGN/$1 kind=$2 type=deb
  shift 2
  [ "$kind" != source ] || type=deb-src
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  options="-q -o Dir::Etc::SourceList=$state/sources.list -o Dir::Etc::SourceParts=- -o Dir::State::Lists=$state/lists
    -o Dir::State::status=/dev/null -o Dir::Cache=$state/cache -o Acquire::Languages=none -o APT::Sandbox::User=root"
  [ "$kind" = source ] || options="$options -o APT::Architecture=$kind -o APT::Architectures=$kind"
  if [ ! -f "$state/sources.list" ]; then
    apt-get indextargets --format "$type \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" 'Created-By: Packages' 'Origin: Debian' |
      sort -u >"$state/sources.new"
    [ -s "$state/sources.new" ] || skip "apt knows no archive of Debian (apt-get update?)"
    mv "$state/sources.new" "$state/sources.list"
    # One list that cannot be had is no harm while the package can.
    apt-get $options update >"$state/update.log" 2>&1 || :
  fi
  apt-get $options "$@"
}

# packages ARCHITECTURE PACKAGE...: unpacked into $FOREIGN/ARCHITECTURE/root, which pkg-config then looks at.
packages() {
  arch=$1
  shift
  root=$FOREIGN/$arch/root
  if [ ! -d "$root" ]; then
    rm -rf "$FOREIGN/$arch" && mkdir -p "$FOREIGN/$arch/debs"
    (cd "$FOREIGN/$arch/debs" && apt "$arch" "$arch" download "$@") >"$FOREIGN/$arch.log" 2>&1 ||
      unavailable "$arch" "packages of $arch ($*)"
    for deb in "$FOREIGN/$arch"/debs/*.deb; do dpkg-deb -x "$deb" "$root.new" || exit 1; done
    mv "$root.new" "$root"
  fi
  PKG_CONFIG_SYSROOT_DIR=$root
  PKG_CONFIG_LIBDIR=$(echo "$root"/usr/lib/*/pkgconfig)
  # Below the root no folder is one of the system's, which pkg-config would leave out.
  PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
  export PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR PKG_CONFIG_ALLOW_SYSTEM_CFLAGS PKG_CONFIG_ALLOW_SYSTEM_LIBS
}
unavailable() {
  cat "$FOREIGN/$1.log"
  rm -rf "${FOREIGN:?}/$1"
  skip "could not fetch $2"
}

# sources PACKAGE...: Debian's source packages, with Debian's patches, in $FOREIGN/source/PACKAGE-*/.
sources() {
  [ ! -f "$FOREIGN/source/complete" ] || return 0
  with dpkg-source dpkg-dev
  rm -rf "$FOREIGN/source" && mkdir -p "$FOREIGN/source"
  (cd "$FOREIGN/source" && apt source source source "$@") >"$FOREIGN/source.log" 2>&1 ||
    unavailable source "source packages ($*)"
  : >"$FOREIGN/source/complete"
}

# from_source TARGET HOST CC: jansson and Check built from Debian's sources into $FOREIGN/TARGET.
from_source() {
  installed=$FOREIGN/$1
  if [ ! -f "$installed/complete" ]; then
    sources jansson check
    for source in "$FOREIGN"/source/*/configure.ac; do
      source=$(dirname "$source")
      work=$FOREIGN/$1-$(basename "$source")
      rm -rf "$work" && mkdir -p "$work"
      [ -x "$source/configure" ] || (cd "$source" && quietly "$work/autoreconf.log" autoreconf -fi) || exit 1
      (cd "$work" && quietly configure.log "$source/configure" --prefix="$installed" --host="$2" CC="$3" \
        CFLAGS="-O1 -fPIC" --disable-shared --disable-subunit --disable-dependency-tracking) || exit 1
      # The libraries alone: no tests, no documents.
      case $work in
        */"$1"-check-*) quietly "$work/make.log" make -C "$work" -j"$JOBS" SUBDIRS="lib src" bin_PROGRAMS= install ;;
        *) quietly "$work/make.log" make -C "$work" -j"$JOBS" SUBDIRS=src install ;;
      esac || exit 1
    done
    # Debian's check.pc names the library that its packages have for shared code; this one is made for that, too.
    [ ! -f "$installed/lib/libcheck.a" ] || ln -sf libcheck.a "$installed/lib/libcheck_pic.a"
    # As Debian does: libtool would not link into a shared library what these say is static.
    rm -f "$installed"/lib/*.la
    : >"$installed/complete"
  fi
  PKG_CONFIG_LIBDIR=$installed/lib/pkgconfig
  export PKG_CONFIG_LIBDIR
}
