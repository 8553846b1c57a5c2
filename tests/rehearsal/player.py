"""Plays a case on the real API server, and notes its answer to each operation."""

from __future__ import annotations

import time
from copy import deepcopy
from http import HTTPStatus
from typing import Any

from cluster.client import Answer, Client
from k8s_datamodel_plugins.rehearsal import read_changes, read_verdict
from k8s_datamodel_plugins.rehearsal.edits import edited, labelled, with_other_condition_time
from k8s_datamodel_plugins.structural import compiled
from rehearsal.cases import Case, Json, crd
from rehearsal.compared import concerned

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_APPLY = "application/apply-patch+yaml"
_SECONDS, _PAUSE, _ATTEMPTS = 60, 0.02, 100
_BOOKKEEPING = (
    *("resourceVersion", "uid", "creationTimestamp", "generation", "managedFields", "selfLink"),
)


class Player:
    """One case on one server; each case has an API group of its own."""

    def __init__(self, client: Client, case: Case) -> None:
        self._client = client
        self._case = case
        self.group = f"{case.name}.rehearsal.example"
        self._step = 0
        self.messages: Json = {}

    def play(self) -> Json:
        """The answers."""
        case = self._case
        self._put(case.before or case.old)
        obj = self._create()
        if case.before is not None:
            self._put(case.old)
        shown = self._get(case.version)
        olds = {name: self._get(name) for name in _served(case.old)}
        refusal = self._put(case.new, may_fail=True)
        answers: Json = {"shown": shown, "stored": obj["apiVersion"].rpartition("/")[2]}
        if refusal:
            return {**answers, "crd": refusal}
        answers.update(self._read(shown))
        answers["reads"] = self._reads(shown, olds)
        version = answers["version"]
        answers["operations"].update(self._operations(version or case.version, shown))
        self.forget()
        return answers

    def forget(self) -> None:
        """Removes the CRD, and the object with it."""
        self._ask("DELETE", f"{CRDS}/things.{self.group}")

    def _ask(self, method: str, path: str, body: object = None, **options: str) -> Answer:
        """One request; again while the server takes down what it served of an older CRD."""
        for _ in range(_ATTEMPTS):
            answer = self._client.request(method, path, body, **options)
            if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            time.sleep(_PAUSE)
        return answer

    def _told(self, method: str, path: str, body: object = None, **options: str) -> Json:
        answer = self._ask(method, path, body, **options)
        assert answer.status < HTTPStatus.BAD_REQUEST, (self._case.name, method, answer.json())
        return answer.json()

    def _path(self, version: str, name: str = "/it") -> str:
        return f"/apis/{self.group}/{version}/namespaces/default/things{name}"

    def _put(self, spec: Json, *, may_fail: bool = False) -> str:
        self._step += 1
        wanted = crd(self.group, spec)
        mark = f"step{self._step}"
        column = {"name": mark, "type": "string", "jsonPath": ".metadata.name"}
        for version in wanted["spec"]["versions"]:
            version["additionalPrinterColumns"] = [column]
        answer = self._ask("POST", CRDS, wanted) if self._step == 1 else self._replace(wanted)
        if answer.status >= 400:
            if may_fail:
                return str(answer.json()["message"])
            raise AssertionError(f"{self._case.name}: {answer.json()['message']}")
        if "conversion" in spec:
            self._await_dead(wanted["spec"]["versions"])
        else:
            for version in wanted["spec"]["versions"]:
                self._await(version, mark)
        return ""

    def _replace(self, wanted: Json) -> Answer:
        """Puts a CRD; again where the server wrote its status meanwhile."""
        path = f"{CRDS}/{wanted['metadata']['name']}"
        for _ in range(_ATTEMPTS):
            now = self._told("GET", path)["metadata"]
            wanted["metadata"]["resourceVersion"] = now["resourceVersion"]
            answer = self._ask("PUT", path, wanted)
            if answer.status != HTTPStatus.CONFLICT:
                break
        return answer

    def _await_dead(self, versions: list[Json]) -> None:
        """Until a version of the object cannot be read, as its webhook is dead."""
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            answers = [self._client.request("GET", self._path(one["name"])) for one in versions]
            if any(one.status >= HTTPStatus.INTERNAL_SERVER_ERROR for one in answers):
                return
            time.sleep(_PAUSE)
        raise AssertionError(f"{self._case.name}: the webhook is not asked")

    def _await(self, version: Json, mark: str) -> None:
        """Until the server serves the version as the CRD has it now; the table's columns tell."""
        accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
        path = self._path(version["name"], "")
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            answer = self._ask("GET", path, accept=accept)
            if not version["served"] and answer.status == 404:
                return
            columns = answer.json().get("columnDefinitions") or []
            if version["served"] and any(column["name"] == mark for column in columns):
                return
            time.sleep(_PAUSE)
        raise AssertionError(f"{self._case.name}: {mark} of {path} is not served")

    def _create(self) -> Json:
        case = self._case
        obj = {
            "apiVersion": f"{self.group}/{case.version}",
            "kind": "Thing",
            **deepcopy(case.obj),
        }
        obj["metadata"] = {"name": "it", "namespace": "default", **obj.get("metadata", {})}
        path = self._path(case.version, "")
        made = self._told("POST", f"{path}?fieldValidation=Strict", obj)
        if "status" in obj and self._has_status(case.before or case.old, case.version):
            body = {**made, "status": obj["status"]}
            made = self._told("PUT", self._path(case.version) + "/status", body)
        for manager in case.managers:
            body = {
                "apiVersion": f"{self.group}/{manager}",
                "kind": "Thing",
                "metadata": {"name": "it", "annotations": {f"by-{manager}": "x"}},
            }
            query = f"?fieldManager=m-{manager}&force=true"
            self._told("PATCH", self._path(manager) + query, body, content_type=_APPLY)
        storage = next(
            one["name"] for one in (case.before or case.old)["versions"] if one["storage"]
        )
        return {**made, "apiVersion": f"{self.group}/{storage}"}

    @staticmethod
    def _has_status(spec: Json, version: str) -> bool:
        return any(
            "status" in (one.get("subresources") or {})
            for one in spec["versions"]
            if one["name"] == version
        )

    def _get(self, version: str) -> Json:
        return self._told("GET", self._path(version))

    def _reads(self, shown: Json, olds: dict[str, Json]) -> Json:
        """By version, what its reader meets; of a new one, against what was shown."""
        verdicts = {}
        for name in {**olds, **dict.fromkeys(_served(self._case.new))}:
            answer = self._ask("GET", self._path(name))
            verdicts[name] = "gone"
            if answer.status == HTTPStatus.OK:
                verdicts[name] = read_verdict(read_changes(olds.get(name, shown), answer.json()))
        return verdicts

    def _read(self, shown: Json) -> Json:
        served = _served(self._case.new)
        storage = next(one["name"] for one in self._case.new["versions"] if one["storage"])
        version = next(
            (one for one in (self._case.version, storage, *served) if one in served),
            None,
        )
        changes: list[Any] = []
        verdict = "gone"
        if version is not None:
            answer = self._ask("GET", self._path(version))
            if answer.status == 200:
                changes = read_changes(shown, answer.json())
                verdict = read_verdict(changes)
        return {
            "version": version,
            "operations": {"read": verdict},
            "changes": [[one.kind, list(one.path), one.old, one.new] for one in changes],
        }

    def _operations(self, version: str, shown: Json) -> Json:
        answer = self._ask("GET", self._path(version))
        told: Json = {}
        if answer.status != 200:
            told = dict.fromkeys(("write", "edit", "status", "apply"), "refused")
        else:
            live = answer.json()
            told["write"] = self._try("write", "PUT", version, "", labelled(live))
            told["edit"] = self._edit(version, live, concerned(self._case, shown)) or told["write"]
            told["status"] = self._status(version, live)
            told["apply"] = self._apply(version)
        self._ask("DELETE", self._path(version))
        body = {**deepcopy(self._manifest(shown)), "apiVersion": f"{self.group}/{version}"}
        body["metadata"] = {
            key: value for key, value in shown["metadata"].items() if key not in _BOOKKEEPING
        }
        told["create"] = self._try("create", "POST", version, "?fieldValidation=Ignore", body)
        told["create_strict"] = self._try(
            "create_strict", "POST", version, "?fieldValidation=Strict", body
        )
        return told

    def _manifest(self, shown: Json) -> Json:
        """What is created anew: what was shown, or what the manifest had."""
        if self._case.before is None:
            return shown
        return {"kind": "Thing", **self._case.obj}

    def _try(
        self, operation: str, method: str, version: str, query: str, body: Json, sub: str = ""
    ) -> str:
        name = "" if method == "POST" else f"/it{sub}"
        path = self._path(version, name) + (query or "?") + "&dryRun=All"
        content_type = _APPLY if method == "PATCH" else "application/json"
        answer = self._ask(method, path, body, content_type=content_type)
        if answer.status >= 400:
            self.messages[operation] = answer.json().get("message")
        return "refused" if answer.status >= 400 else "ok"

    def _edit(self, version: str, live: Json, paths: list[tuple[str | int, ...]]) -> str:
        schema = next(one for one in self._case.new["versions"] if one["name"] == version)
        node = compiled(schema["schema"]["openAPIV3Schema"])
        told = [self._try("edit", "PUT", version, "", body) for body in edited(live, node, paths)]
        return "refused" if "refused" in told else told[0] if told else ""

    def _status(self, version: str, live: Json) -> str:
        body = with_other_condition_time(live)
        had = self._has_status(self._case.new, version) or self._has_status(
            self._case.old, self._case.version
        )
        return self._try("status", "PUT", version, "", body, "/status" if had else "")

    def _apply(self, version: str) -> str:
        body = {
            "apiVersion": f"{self.group}/{version}",
            "kind": "Thing",
            "metadata": {"name": "it", "labels": {"applied": "yes"}},
        }
        return self._try("apply", "PATCH", version, "?fieldManager=rehearsal", body)


def _served(spec: Json) -> list[str]:
    return [one["name"] for one in spec["versions"] if one["served"]]
