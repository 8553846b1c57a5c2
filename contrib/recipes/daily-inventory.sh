#!/bin/bash
# daily-inventory.sh - Store a snapshot of each cluster; give the contexts as arguments.
#
# In a crontab (PATH as cron sets it lacks ~/.local/bin, where pipx puts the program):
#   PATH=/home/me/.local/bin:/usr/bin:/bin
#   0 2 * * * /path/to/daily-inventory.sh prod-cluster dev-cluster
#
# A cluster that cannot be read does not keep the others from being stored, but the script ends
# with 1 then. Of each cluster the newest KEEP snapshots stay, one of each of DAYS days and of WEEKS
# weeks, the newest complete one, and each baseline.
set -uo pipefail

KEEP=${KEEP:-10} DAYS=${DAYS:-30} WEEKS=${WEEKS:-52}
[ "$#" -gt 0 ] || set -- prod-cluster dev-cluster
result=0

for context in "$@"; do
  k8s-datamodel --context "$context" database store --notes "Daily snapshot - $(date)" || result=1
done

k8s-datamodel database cleanup --keep "$KEEP" --keep-daily "$DAYS" --keep-weekly "$WEEKS" || result=1
exit "$result"
