#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What of a Kubernetes manifest can be checked without a cluster.

manifest.py check FILE    each object, read by the models of python3-kubernetes and written again, is the same:
                            it has no unknown field, no missing one, and no value of a wrong type; names agree
manifest.py unpack FILE DIR
                            for running the container elsewhere: its command (script), capabilities, readiness
                            probe, and the files of the ConfigMap
"""
import pathlib
import sys

import kubernetes
import yaml

KINDS = {"Namespace": "V1Namespace", "ConfigMap": "V1ConfigMap", "DaemonSet": "V1DaemonSet"}


class Response:
    """What the client deserializes: the text of an answer."""

    def __init__(self, data):
        self.data = kubernetes.client.api_client.json.dumps(data)


def check(objects):
    client = kubernetes.client.ApiClient()
    for o in objects:
        where = f"{o['kind']} {o['metadata']['name']}"
        try:
            model = client.deserialize(Response(o), KINDS[o["kind"]])
        except (ValueError, TypeError) as e:
            yield f"{where}: {e}"
            continue
        yield from differences(where, o, client.sanitize_for_serialization(model))
    yield from references(objects)


def differences(where, one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            yield from differences(f"{where}.{key}", one.get(key), other.get(key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (a, b) in enumerate(zip(one, other)):
            yield from differences(f"{where}[{i}]", a, b)
    elif one != other or type(one) is not type(other):
        yield f"{where}: no such field, or of another type: {one!r}, as the model has it: {other!r}"


def references(objects):
    daemonset = one(objects, "DaemonSet")
    config = one(objects, "ConfigMap")
    spec = daemonset["spec"]["template"]["spec"]
    labels = daemonset["spec"]["template"]["metadata"]["labels"]
    volumes = {v["name"]: v for v in spec["volumes"]}
    mounts = [m["name"] for c in spec["containers"] for m in c["volumeMounts"]]
    namespace = one(objects, "Namespace")["metadata"]["name"]

    if any(o["metadata"].get("namespace", namespace) != namespace for o in objects):
        yield "an object is in another namespace"
    if daemonset["spec"]["selector"]["matchLabels"].items() - labels.items():
        yield "the selector does not select the pods"
    if set(mounts) != set(volumes):
        yield f"volumes {sorted(volumes)} are not those that are mounted: {sorted(mounts)}"
    if volumes["rules"]["configMap"]["name"] != config["metadata"]["name"]:
        yield "the pod mounts another ConfigMap"


def one(objects, kind):
    found, = [o for o in objects if o["kind"] == kind]
    return found


def unpack(objects, directory):
    container, = one(objects, "DaemonSet")["spec"]["template"]["spec"]["containers"]
    files = dict(one(objects, "ConfigMap")["data"])
    files["script"] = container["command"][-1]
    files["capabilities"] = " ".join(container["securityContext"]["capabilities"]["add"]).lower()
    files["ready"] = " ".join(container["readinessProbe"]["exec"]["command"])
    assert container["command"][:-1] == ["sh", "-c"] and container["securityContext"]["capabilities"]["drop"] == ["ALL"]
    for name, text in files.items():
        pathlib.Path(directory, name).write_text(text)


def main():
    what, name, *directory = sys.argv[1:]
    objects = list(yaml.safe_load_all(pathlib.Path(name).read_text()))
    if what == "unpack":
        unpack(objects, *directory)
    else:
        found = list(check(objects))
        print("\n".join(found), end="\n" if found else "")


main()
