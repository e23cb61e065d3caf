#!/bin/sh
# Rendered by Flotilla from environment pair, ledger on one. A change made here is overwritten by the next deploy.
exec sh /flotilla/current/roles.sh
