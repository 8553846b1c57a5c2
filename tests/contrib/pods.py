"""What a node gives to the one container of a pod: a user, and folders that it may write to."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from e2e.test_storage_trouble import within
from support.command import PROGRAM, Done

READING = "+dac_read_search"
"""To reach the interpreter, wherever it is; the container has not even this right."""


def written_to(pod: Mapping[str, Any]) -> dict[str, str]:
    """The folders of its container that are not read-only, with the kind of volume."""
    (container,) = pod["containers"]
    kinds = {
        volume["name"]: next(key for key in volume if key != "name") for volume in pod["volumes"]
    }
    mounts = [each for each in container["volumeMounts"] if not each.get("readOnly")]
    return {each["mountPath"]: kinds[each["name"]] for each in mounts}


def run_as(
    pod: Mapping[str, Any], arguments: Sequence[str], environment: Mapping[str, str], root: Path
) -> Done:
    """Run the command as the pod's user where all is read-only but the pod's folders.

    They are empty, and below ``root``, which is made. Their files are copied beside it, to the
    folder ``-kept``.
    """
    of = pod["securityContext"]
    folders = [f"{root}{path}" for path in written_to(pod)]
    rights = [f"--inh-caps={READING}", f"--ambient-caps={READING}", "--no-new-privs"]
    user = [f"--reuid={of['runAsUser']}", f"--regid={of['runAsGroup']}", "--clear-groups", *rights]
    given = [f"{name}={value}" for name, value in environment.items()]
    command = shlex.join(["setpriv", *user, "env", "-i", *given, str(PROGRAM), *arguments])
    inner = f"""
        for mount in $(cut -d' ' -f2 /proc/self/mounts | sort -u); do
          case " {" ".join(folders)} " in
            *" $mount "*) ;;
            *) mount -o remount,bind,ro "$mount" 2>/dev/null || true ;;
          esac
        done
        cd /
        exec {command}"""
    owned = "".join(
        f"mkdir -p {each}; chgrp {of['fsGroup']} {each}; chmod 2775 {each}\n" for each in folders
    )
    bound = "".join(f"mount --bind {each} {each}\n" for each in folders)
    kept = root.with_name(f"{root.name}-kept")
    return within(
        f"mkdir {root} {kept}; mount -t tmpfs none {root}\n{owned}{bound}code=0\n"
        f"unshare --mount bash -ec {shlex.quote(inner)} || code=$?\n"
        f"cp -r {root}/. {kept}; exit $code"
    )
