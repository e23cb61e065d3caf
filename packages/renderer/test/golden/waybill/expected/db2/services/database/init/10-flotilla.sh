#!/bin/sh
# Rendered by Flotilla from environment waybill, database on db2. A change made here is overwritten by the next deploy.
exec sh /flotilla/current/roles.sh
