"""Who manages what where several workloads might: shapes of products met in the wild, renamed."""

from __future__ import annotations

from typing import Any

from truth.shapes import READ, WRITE, allowed, bind, crd, csv, managed, records, role, workload

Objects = list[dict[str, Any]]


def test_only_the_manager_of_those_that_share_an_account() -> None:
    """A storage product: one account, one image, and commands that only serve or install."""
    rights = (["reef.example"], ["volumes", "volumes/status", "replicas", "replicas/status"], ["*"])
    names = ("reef-manager", "reef-driver-deployer", "reef-backend", "reef-admission-webhook")
    objects = [crd("volumes.reef.example"), crd("replicas.reef.example")]
    objects += allowed("reef-system", "reef", rights)
    objects += [
        workload(n, "reef-system", account="reef", image="reg.example/reef/reef-manager:v1")
        for n in names
    ]
    both = ["replicas.reef.example", "volumes.reef.example"]
    assert managed(objects) == {"reef-manager": both}


def test_one_role_for_many_controllers_is_shared_out_by_their_names() -> None:
    """A delivery toolkit: every controller's account is bound to one role on all groups."""
    kinds = {
        "wells.source.kit.example": "source-controller",
        "barrels.source.kit.example": "source-controller",
        "overlaywells.source.kit.example": "source-controller",
        "overlays.overlay.kit.example": "overlay-controller",
        "imagescans.image.kit.example": "image-scan-controller",
        "imageupdates.image.kit.example": "image-update-controller",
        "imagepolicies.image.kit.example": "image-mirror-controller",  # the others have their own
    }
    controllers = set(kinds.values())
    groups = sorted({name.partition(".")[2] for name in kinds})
    objects = [crd(name) for name in kinds]
    objects += [role("all", *(([group], ["*"], ["*"]) for group in groups))]
    for name in controllers:
        objects += [bind("all", name, "kit"), workload(name, "kit", account=name)]
    owners = [(kind, who) for who, what in managed(objects).items() for kind in what]
    assert sorted(owners) == sorted(kinds.items())


def test_a_delegated_right_belongs_to_the_workload_named_for_it() -> None:
    """A broker's cluster operator holds the rights it passes on to the topic operator."""
    topics = (["broker.example"], ["topics", "topics/status"], WRITE)
    clusters = (["broker.example"], ["brokers", "brokers/status"], WRITE)
    objects = [
        crd("brokers.broker.example"),
        crd("topics.broker.example"),
        role("topic-operator-delegation", topics),
        bind("topic-operator-delegation", "cluster-operator", "b"),
        *allowed("b", "cluster-operator", clusters),
        *allowed("b", "topic-operator", topics),
        workload("broker-cluster-operator", "b", account="cluster-operator"),
    ]
    alone = managed(objects)
    beside = managed([*objects, workload("broker-topic-operator", "b", account="topic-operator")])
    assert alone == {"broker-cluster-operator": ["brokers.broker.example", "topics.broker.example"]}
    assert beside == {
        "broker-cluster-operator": ["brokers.broker.example"],
        "broker-topic-operator": ["topics.broker.example"],
    }


def test_the_status_writer_before_whoever_may_only_change() -> None:
    labels = {"app.kubernetes.io/part-of": "ferry"}
    objects = [
        crd("trips.ferry.example", labels),
        *allowed("f", "trips", (["ferry.example"], ["trips", "trips/status"], WRITE)),
        *allowed("f", "fares", (["ferry.example"], ["trips"], WRITE)),
        workload("ferry-trip-controller", "f", account="trips", labels=labels),
        workload("ferry-fare-agent", "f", account="fares", labels=labels),
    ]
    assert managed(objects) == {"ferry-trip-controller": ["trips.ferry.example"]}


def test_a_server_with_the_same_rights_yields() -> None:
    rights = (["argosy.example"], ["voyages"], WRITE)
    objects = [
        crd("voyages.argosy.example"),
        *allowed("a", "c", rights),
        *allowed("a", "s", rights),
        workload("argosy-voyage-controller", "a", account="c", kind="StatefulSet"),
        workload("argosy-server", "a", account="s"),
    ]
    assert managed(objects) == {"argosy-voyage-controller": ["voyages.argosy.example"]}


def test_a_gateway_may_be_the_controller_of_gateways() -> None:
    rights = (["shared.example"], ["gates", "gates/status"], WRITE)
    objects = [crd("gates.shared.example")]
    for name in ("alpine-gateway", "brook"):
        objects += [*allowed(name, name, rights), workload(name, name, account=name)]
    both = ["gates.shared.example"]
    assert managed(objects) == {"alpine-gateway": both, "brook": both}


def test_the_named_right_before_the_one_on_the_whole_group() -> None:
    """A core manager may everything in its providers' groups, too."""
    objects = [
        crd("crews.core.fleet.example"),
        crd("configs.boot.fleet.example"),
        *allowed(
            "core",
            "m",
            (["core.fleet.example"], ["crews", "crews/status"], WRITE),
            (["boot.fleet.example"], ["*"], WRITE),
        ),
        *allowed("kick", "m", (["boot.fleet.example"], ["configs", "configs/status"], WRITE)),
        workload("fleet-controller-manager", "core", account="m"),
        workload("fleet-kick-controller-manager", "kick", account="m"),
    ]
    assert managed(objects) == {
        "fleet-controller-manager": ["crews.core.fleet.example"],
        "fleet-kick-controller-manager": ["configs.boot.fleet.example"],
    }


def test_a_product_before_who_has_as_good_rights_and_nothing_else() -> None:
    """An installer of several products writes all that its products' own controllers write."""
    wax = {"app.kubernetes.io/part-of": "wax"}
    rights = (["seal.example"], ["certs", "certs/status"], WRITE)
    objects = [
        crd("certs.seal.example", wax),
        crd("drivers.disks.example"),
        *allowed("s", "waxer", rights),
        *allowed("d", "all", rights, (["disks.example"], ["drivers", "drivers/status"], WRITE)),
        workload("waxer", "s", account="waxer", labels=wax),
        workload("csm-operator", "d", account="all"),
    ]
    assert managed(objects) == {
        "waxer": ["certs.seal.example"],
        "csm-operator": ["drivers.disks.example"],
    }


def test_words_alone_take_no_workloads_last_kind() -> None:
    """A notifier with a role of its own on the kind that another is named for."""
    objects = [
        crd("trips.ferry.example"),
        *allowed("f", "trips", (["ferry.example"], ["trips"], WRITE)),
        *allowed("f", "notices", (["ferry.example"], ["trips"], ["get", "list", "watch", "patch"])),
        workload("ferry-trip-controller", "f", account="trips"),
        workload("ferry-notices-controller", "f", account="notices"),
    ]
    assert managed(objects) == {
        "ferry-trip-controller": ["trips.ferry.example"],
        "ferry-notices-controller": ["trips.ferry.example"],
    }


def test_a_status_one_may_not_read_is_written_in_passing() -> None:
    objects = [
        crd("trips.ferry.example"),
        *allowed("f", "a", (["ferry.example"], ["trips/status"], ["patch"])),
        *allowed("f", "b", (["ferry.example"], ["trips", "trips/status"], WRITE)),
        workload("ferry-a", "f", account="a"),
        workload("ferry-b", "f", account="b"),
    ]
    assert managed(objects) == {"ferry-b": ["trips.ferry.example"]}


def test_a_vendors_word_in_very_many_groups_ties_nothing() -> None:
    """What a distribution puts into every name makes no product."""
    groups = [f"g{number}.vendor.example" for number in range(25)]
    reads = allowed("vendor-x", "x", (groups, ["*"], READ))
    few = [crd(f"things.{group}") for group in groups[:5]]
    many = [crd(f"things.{group}") for group in groups]
    agent = workload("vendor-agent", "vendor-x", account="x")
    assert managed([*few, *reads, agent]) != {}
    assert managed([*many, *reads, agent]) == {}


def test_a_consumer_manages_what_nobody_writes() -> None:
    """A gateway configures itself from custom resources and writes no status."""
    objects = [
        crd("hatches.gangway.example"),
        crd("locks.paid.elsewhere.example"),
        *allowed("kube-system", "gangway", (["gangway.example"], ["hatches"], READ)),
        workload("gangway", "kube-system", account="gangway"),
    ]
    assert managed(objects) == {"gangway": ["hatches.gangway.example"]}


def test_a_reader_beside_a_writer_manages_nothing() -> None:
    objects = [
        crd("certs.seal.example"),
        *allowed("s", "seal", (["seal.example"], ["certs", "certs/status"], WRITE)),
        *allowed("s", "injector", (["seal.example"], ["certs"], READ)),
        workload("seal", "s", account="seal"),
        workload("seal-injector", "s", account="injector", args=["--leader-elect"]),
    ]
    assert managed(objects) == {"seal": ["certs.seal.example"]}


def test_a_reader_of_another_products_kinds_manages_nothing() -> None:
    objects = [
        crd("boats.harbour.example"),
        *allowed("metrics", "exporter", (["harbour.example"], ["boats"], READ)),
        workload("state-exporter", "metrics", account="exporter"),
    ]
    assert managed(objects) == {}


def mesh() -> Objects:
    """A mesh that only reads most of its kinds, and a guest that writes some of them."""
    labels = {"app.kubernetes.io/part-of": "mesh"}
    return [
        *(crd(f"{kind}.net.mesh.example", labels) for kind in ("routes", "gates", "rules")),
        crd("ingresses.internal.guest.example"),
        *allowed(
            "mesh-system",
            "meshd",
            (["net.mesh.example"], ["*"], READ),
            (["net.mesh.example"], ["rules/status"], WRITE),
        ),
        *allowed(
            "guest",
            "net-mesh-controller",
            (["net.mesh.example"], ["routes"], WRITE),
            (["internal.guest.example"], ["ingresses", "ingresses/status"], WRITE),
        ),
        workload("meshd", "mesh-system", account="meshd", labels=labels),
        workload(
            "net-mesh-controller",
            "guest",
            account="net-mesh-controller",
            image="reg.example/guest/net-mesh-controller:v1",
        ),
    ]


def test_a_guest_in_a_group_yields_to_who_is_at_home() -> None:
    assert managed(mesh()) == {
        "meshd": ["gates.net.mesh.example", "routes.net.mesh.example", "rules.net.mesh.example"],
        "net-mesh-controller": ["ingresses.internal.guest.example"],
    }


def test_rights_on_another_products_kind_make_nobody_its_manager() -> None:
    """Operators make monitors and certificates of others, with full rights on them."""
    objects = [
        crd("boats.harbour.example"),
        *(crd(f"{kind}.watch.example") for kind in ("monitors", "probes", "rules", "alerts")),
        *allowed(
            "port",
            "moor",
            (["harbour.example"], ["boats", "boats/status"], WRITE),
            (["watch.example"], ["monitors"], WRITE),
            (["watch.example"], ["alerts/finalizers"], ["update"]),
            (["watch.example"], ["alerts"], READ),
        ),
        workload("moor", "port", account="moor"),
    ]
    assert managed(objects) == {"moor": ["boats.harbour.example"]}


def test_an_owner_of_children_is_not_the_manager_of_their_kind() -> None:
    """Finalizers alone are for owner references."""
    objects = [
        *(crd(f"{kind}.craft.example") for kind in ("hulls", "masts")),
        *allowed("c", "craft", (["craft.example"], ["*"], ["*"])),
        *allowed(
            "c",
            "rbac",
            (["craft.example"], ["hulls"], READ),
            (["craft.example"], ["hulls/finalizers"], ["update"]),
        ),
        workload("craft", "c", account="craft"),
        workload("craft-rbac-manager", "c", account="rbac"),
    ]
    assert managed(objects) == {
        "craft": ["hulls.craft.example", "masts.craft.example"],
        "craft-rbac-manager": [],
    }


def test_agents_on_nodes_serve_the_kinds_that_name_a_node() -> None:
    """A backup tool: one account that may everything, a server and an agent on every node."""
    objects = [
        crd("backups.stow.example"),
        crd("podvolumes.stow.example", node_field=True),
        bind("cluster-admin", "stow", "stow"),
        workload("stow", "stow", account="stow", image="stow/stow:latest"),
        workload("node-agent", "stow", account="stow", image="stow/stow", kind="DaemonSet"),
        workload("bucket", "stow", image="bucket/bucket"),
    ]
    assert managed(objects) == {
        "stow": ["backups.stow.example"],
        "node-agent": ["podvolumes.stow.example"],
    }


def test_what_may_everything_manages_only_its_own_product() -> None:
    objects = [
        crd("backups.stow.example"),
        crd("boats.harbour.example"),
        bind("cluster-admin", "stow", "stow"),
        bind("cluster-admin", "deploy-agent", "ops"),
        workload("stow", "stow", account="stow"),
        workload("deploy-agent", "ops", account="deploy-agent"),
    ]
    assert managed(objects) == {"stow": ["backups.stow.example"]}


def test_a_general_controller_takes_what_no_special_one_is_named_for() -> None:
    """A serving product: controller, scaler, webhook and an ingress plug-in share an account."""
    group = "internal.oven.example"
    kinds = [f"{kind}.{group}" for kind in ("loaves", "podscalers", "routes")]
    objects = [
        *(crd(kind) for kind in kinds),
        *allowed("oven", "controller", ([group], ["*", "*/status", "*/finalizers"], WRITE)),
        *(
            workload(name, "oven", account="controller", image=f"reg.example/oven/{name}")
            for name in ("controller", "scaler", "webhook", "net-mesh-controller")
        ),
    ]
    found = managed(objects)
    assert found["controller"] == [f"loaves.{group}", f"routes.{group}"]
    assert found["scaler"] == [f"podscalers.{group}"]
    assert "webhook" not in found
    assert found["net-mesh-controller"] == []


def test_an_olm_package_is_certain_and_goes_to_its_controller() -> None:
    owned = ["boats.harbour.example", "piers.harbour.example"]
    deployments = ["harbour-controller-manager", "harbour-webhook"]
    objects = [
        csv("harbour.v1.2.0", "ops", deployments, owned, "1.2.0"),
        *(workload(name, "ops", account="harbour") for name in deployments),
        workload("harbour-webhook", "elsewhere"),
    ]
    found = records(objects)
    assert list(found) == ["harbour-controller-manager"]
    assert found["harbour-controller-manager"]["managed_crds"] == owned
    assert found["harbour-controller-manager"]["confidence"] == 1.0


def test_copies_of_a_csv_own_nothing() -> None:
    copy = csv("harbour.v1.2.0", "other", ["harbour-operator"], ["boats.harbour.example"])
    copy["metadata"]["labels"] = {"olm.copiedFrom": "ops"}
    assert managed([copy, workload("harbour-operator", "other")]) == {}


def test_an_extension_brings_its_crds() -> None:
    owner = {
        "olm.operatorframework.io/owner-kind": "ClusterExtension",
        "olm.operatorframework.io/owner-name": "harbour",
    }
    objects = [
        crd("boats.harbour.example", owner),
        crd("kites.sky.example", {**owner, "olm.operatorframework.io/owner-name": "sky"}),
        workload("moor-controller", "ops", labels=owner),
    ]
    assert managed(objects) == {"moor-controller": ["boats.harbour.example"]}
