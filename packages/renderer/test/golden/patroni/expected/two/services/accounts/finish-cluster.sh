#!/bin/sh
# Rendered by Flotilla from environment bank, accounts on two. A change made here is overwritten by the next deploy.
set -eu
sh /flotilla/current/roles.sh
rm -f /var/lib/postgresql/data/init-allowed /var/lib/postgresql/data/initialising
sync
