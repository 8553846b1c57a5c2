"""Stores CRDs as one does who has not measured: a program of its own.

The typed client turns each list into objects, the objects of each kind are counted by listing them
whole, and `dataset` guesses columns and inserts row by row. Arguments: a kubeconfig and a database.
"""

from __future__ import annotations

import json
import sys

import dataset
from kubernetes import client, config


def main() -> None:
    kubeconfig, database = sys.argv[1:]
    config.load_kube_config(kubeconfig)
    custom = client.CustomObjectsApi()
    crds = client.ApiextensionsV1Api().list_custom_resource_definition().items
    with dataset.connect(f"sqlite:///{database}") as tables:
        for crd in crds:
            version = next(each.name for each in crd.spec.versions if each.storage)
            kind = (crd.spec.group, version, crd.spec.names.plural)
            found = custom.list_cluster_custom_object(*kind)["items"]
            whole = custom.api_client.sanitize_for_serialization(crd)
            row = {"name": crd.metadata.name, "count": len(found), "spec": json.dumps(whole)}
            tables["crds"].insert(row)


main()
