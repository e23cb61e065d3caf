#!/bin/sh
# Makes a small trixie from Debian packages and imports it into Docker. Needs root.
# Usage: debootstrap.sh FOLDER TAG [MIRROR]. The folder must not exist; it is removed at the end, also after a failure.
set -eu
root=$1
tag=$2
mirror=${3:-}

trap 'rm -rf --one-file-system "$root"' EXIT
# Without a mirror debootstrap takes the one it knows for Debian; the keyring is that of Debian, also on Ubuntu.
debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg trixie "$root" ${mirror:+"$mirror"} >&2

rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/var/cache/debconf/*-old
find "$root/usr/share/doc" ! -type d ! -name copyright -delete
find "$root/usr/share/doc" -type d -empty -delete
for folder in man info locale lintian bash-completion zsh; do
  rm -rf "${root:?}/usr/share/$folder"
done
: >"$root/etc/machine-id"
rm -f "$root/etc/hostname" "$root/etc/resolv.conf"

tar -C "$root" --numeric-owner -c . | docker import - "$tag"
