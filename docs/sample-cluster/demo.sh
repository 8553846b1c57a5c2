#!/bin/sh
# The main job on the sample cluster: collect it, store it twice with a change between, look at it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=.demo
rm -rf "$folder" && mkdir -p "$folder/sample-cluster"
export K8S_DATAMODEL_DB="$folder/inventory.db"

run() { printf '\n$ k8s-datamodel %s\n' "$*"; k8s-datamodel "$@"; }

cp -R "$here/before/." "$folder/sample-cluster/"
run --source "$folder/sample-cluster" crd list
run --source "$folder/sample-cluster" operators list
run --source "$folder/sample-cluster" olm list
run --source "$folder/sample-cluster" database store --notes "before the upgrade"
cp -R "$here/change/." "$folder/sample-cluster/"
run --source "$folder/sample-cluster" database store --notes "after the upgrade"
run database list
run database stats
run operators get fleet-operator --snapshot latest
run database show latest --csvs-only
printf '\nThe database is %s; look further with\n' "$K8S_DATAMODEL_DB"
printf '  .venv/bin/k8s-datamodel --db-path %s database show latest\n' "$K8S_DATAMODEL_DB"
