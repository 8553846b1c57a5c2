#!/bin/sh
# A story in two screens: keep what a cluster holds, look at it, keep it again after an upgrade, see
# what is new, what needs attention, and what changed, and what the next upgrade would break.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=.demo
rm -rf "$folder" && mkdir -p "$folder/sample-cluster"
export K8S_DATAMODEL_DB="$folder/inventory.db" K8S_DATAMODEL_PAGER=cat

say() { printf '\n'; printf '# %s\n' "$@"; }

run() { # run WORD...: print the command as one would type it, then run it
  printf '$ k8s-datamodel'
  for word in "$@"; do
    case $word in *' '*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '\n'
  k8s-datamodel "$@"
}

cp -R "$here/before/." "$folder/sample-cluster/"
say "Monday. Keep what the cluster of a ferry company holds; --source reads its manifests."
run --source "$folder/sample-cluster" database store --notes "before the upgrade"

say "Which operators run there, and which CRDs does each manage? Evidence tells, names do not." \
  "See fleet-operator at 1.14.2, and tidewatch-operator with no pod ready."
run operators list --snapshot latest --columns name,version,ready_replicas,managed_crds

cp -R "$here/change/." "$folder/sample-cluster/"
say "Tuesday. Somebody upgraded fleet-operator and repaired tidewatch-operator. Keep it again."
run --source "$folder/sample-cluster" database store --notes "after the upgrade"

say "What is there now, what is new, what needs attention? See one new CRD, and one CSV in place of" \
  "another: none has failed any more. But nobody manages the harbour slots."
run database summary

say "And what changed from Monday to Tuesday, in what somebody declared? See a new version of one CRD," \
  "and the images of two operators."
run diff latest~1 latest --path spec --only crds,operators

cp -R "$here/upgrade" "$folder/next-release"
say "Wednesday. The next release of fleet-operator is at hand. What would its CRDs do to the sailings?" \
  "See which field it takes away, and which sailing would lose a port of call."
run --source "$folder/sample-cluster" database store --with-instances Sailing
run check upgrade "$folder/next-release" || test $? -eq 1

printf '\nThe database is %s; .venv/bin/k8s-datamodel --help tells what else there is.\n' "$K8S_DATAMODEL_DB"
