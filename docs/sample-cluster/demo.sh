#!/bin/sh
# The main job on the sample cluster: collect it, store it twice with a change between, look at it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=.demo
rm -rf "$folder" && mkdir -p "$folder/sample-cluster"
export K8S_DATAMODEL_DB="$folder/inventory.db"

say() { printf '\n# %s\n' "$@"; }

run() { # run WORD...: print the command as one would type it, then run it
  printf '$ k8s-datamodel'
  for word in "$@"; do
    case $word in *' '*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '\n'
  k8s-datamodel "$@"
}

cp -R "$here/before/." "$folder/sample-cluster/"
say "A cluster's custom resource definitions, read from its manifests. A - is not known, never 0."
run --source "$folder/sample-cluster" crd list
say "The operators that act on them: how they were installed, what they manage."
run --source "$folder/sample-cluster" operators list
say "Packages of the Operator Lifecycle Manager; one has failed."
run --source "$folder/sample-cluster" olm list
say "Keep all that in a database."
run --source "$folder/sample-cluster" database store --notes "before the upgrade"
cp -R "$here/change/." "$folder/sample-cluster/"
say "A day later there is a new fleet-operator with one more CRD. Store again."
run --source "$folder/sample-cluster" database store --notes "after the upgrade"
run database list
run database stats
say "One operator as the newest snapshot has it, with the evidence that it is one."
run operators get fleet-operator --snapshot latest
say "A part of the newest snapshot as a document."
run database show latest --csvs-only
printf '\nThe database is %s; look further with\n' "$K8S_DATAMODEL_DB"
printf '  .venv/bin/k8s-datamodel --db-path %s database show latest\n' "$K8S_DATAMODEL_DB"
