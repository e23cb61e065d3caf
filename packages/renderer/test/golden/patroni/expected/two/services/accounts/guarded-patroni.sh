#!/bin/sh
exec patroni /flotilla/current/config
