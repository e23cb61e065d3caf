#!/bin/sh
# Stands in for pg_rewind under Patroni. A rewind would erase what only this member had: its data are renamed instead, and Patroni, which
# then finds none, clones the leader. Ends with an error, and leaves the data as they are, when the disk has no room for both.
set -eu
data=''
while [ $# -gt 0 ]; do
  case $1 in
    # Patroni asks whether there is such a program at all.
    --help) exit 0 ;;
    -D) data=$2; shift ;;
  esac
  shift
done
home=$(dirname "$data")
say() { echo "keep-and-clone: $*" >&2; }

need=$(du -sk "$data" | cut -f1) free=$(df -Pk "$home" | awk 'NR == 2 { print $4 }')
if [ "$free" -lt $((need + need / 10)) ]; then say "$need KiB needed for a second copy, $free KiB free"; exit 1; fi
timeline=$(LC_ALL=C pg_controldata -D "$data" | sed -n "s/^Latest checkpoint's TimeLineID: *//p")
kept=$data.superseded-$timeline
while [ -e "$kept" ]; do kept=$kept+; done
mv "$data" "$kept"
sync
say "data kept in $kept"
