#!/bin/sh
# write-metrics.sh - Write metrics of the inventory for the textfile collector of the node exporter.
#
# In a crontab, after the job that stores snapshots (see ../daily-inventory.sh):
#   30 2 * * * /path/to/write-metrics.sh
#
# The file appears whole or not at all; the exporter, another user, may read it.
set -eu
folder=${TEXTFILE_FOLDER:-/var/lib/prometheus/node-exporter}
beside=$folder/.k8s-datamodel.prom.new # a name that the collector passes over
umask 022
trap 'rm -f "$beside"' EXIT
k8s-datamodel database metrics > "$beside"
mv "$beside" "$folder/k8s-datamodel.prom"
