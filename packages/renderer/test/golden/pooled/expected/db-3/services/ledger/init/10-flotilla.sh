#!/bin/sh
# Rendered by Flotilla from environment pooled, ledger on db-3. A change made here is overwritten by the next deploy.
exec sh /flotilla/current/roles.sh
