#!/bin/sh
# Rendered by Flotilla from environment pooled, orders on db-2. A change made here is overwritten by the next deploy.
exec sh /flotilla/current/roles.sh
