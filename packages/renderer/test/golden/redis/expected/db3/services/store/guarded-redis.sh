#!/bin/sh
exec docker-entrypoint.sh redis-server
