"""What a loaded configuration makes of the platform's promises, whatever code has run before.

Asked by load_check.py, in a pod without a way to anything: who may enter, what roles and services
reach, and the pod of a person for each image and size. What is promised beside that stands in
GLACIOCLOUD_PROMISES:

    {"uid": 1000, "gid": 100, "home": "/home/jovyan", "folder": null, "mounts": ["/scratch"], "readOnly": ["oggm-data"],
     "namespace": "hub", "labels": {"component": "singleuser-server"}, "login": "https://github.com",
     "claims": ["hub-db-dir"], "secrets": "hub|hub-access", "variables": ["GITHUB_CLIENT_SECRET"],
     "images": ["example.org/metrics:1"]}

`folder`, {"claim": "homes", "path": "{username}"}, is where homes lie that are folders of one claim.
`labels` are those by which the servers' network policy knows them. Claims, Secrets (an expression) and
variables are the hub's own, and no server has them; images are those of containers beside a server.

Code that means to deceive, because it looks at the clock or at who asks, is not found.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
BECOMES = re.compile(r"admin|admin:(users|auth_state|groups)|users|tokens|groups")
REACHES = re.compile(
    r"admin:(servers|server_state)|servers|access:servers|delete:users|shutdown|proxy"
)
# JupyterHub gives these to everybody, and to everybody's server.
OF_EVERYBODY = {"user", "server"}
# Ours, and the chart's culler, which stops idle servers of everybody.
OWN_ROLES = {
    "glaciocloud-health",
    "glaciocloud-access",
    "glaciocloud-probe",
    "jupyterhub-idle-culler",
    "admin",
}
# Gives no way out of the pod: the chart's container that shuts the cloud's metadata service.
PRIVILEGED = {"block-cloud-metadata"}
# Pod Security Standards of Kubernetes 1.35, baseline.
SAFE_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
SAFE_SELINUX = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
DOOR = {
    "allow_all": False,
    "allow_existing_users": False,
    "manage_groups": True,
    "refresh_pre_spawn": True,
}
LISTS = (
    "allowed_users",
    "admin_users",
    "allowed_organizations",
    "allowed_teams",
    "allowed_groups",
    "admin_groups",
)
OLDEST_SECONDS = 300
GITHUB = "https://github.com"
# Where the login goes to, and asks who somebody is. Source: oauthenticator 17.
LOGIN_URLS = ("authorize_url", "token_url", "userdata_url", "github_api")
# What volumes of servers may be; another one reaches the node, a driver's credentials or the cluster.
VOLUMES = {
    "configMap",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "nfs",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
# Sources of a projected volume that are keys to something.
KEYS = {"serviceAccountToken", "clusterTrustBundle", "podCertificate"}
REFERENCES = {"secretKeyRef": "name", "secretRef": "name", "secret": "secretName"}
NETWORK_LABEL = "hub.jupyter.org/network-access-"
# The chart gives it to each server, which asks the hub who somebody is.
REACHED = "hub"
# Options of Jupyter Server by which it asks nobody who they are. As src/core/hub/rules/closed.ts judges them.
OPENS = re.compile(
    r"--([A-Za-z]+\.)?(allow_(origin|origin_pat|credentials|unauthenticated_access|root)|disable_check_xsrf"
    r"|token|password|hashed_password|(identity_provider|authorizer|login_handler)_class|headers"
    r"|tornado_settings)(=|$)"
)
# Shorter texts are found by chance.
SHORTEST_SECRET = 8


def promised() -> Json:
    content: Json = json.loads(os.environ.get("GLACIOCLOUD_PROMISES") or "{}")
    return content


async def of_hub(app: Any, spawner: Any) -> list[str]:
    """What is wrong with who may enter, and with what roles and services reach."""
    hooks = await hook_faults(app.authenticator)
    return [*door_faults(app), *hooks, *reach_faults(app), *menu_faults(spawner)]


def of_two(pod: Json, other: Json) -> list[str]:
    """What is wrong where these are the pods of two people who chose the same."""
    return list(shared_faults(pod, other))


def of_pod(pod: Json, spawner: Any, image: str | None) -> list[str]:
    """What is wrong with the pod of a person, as Kubernetes would get it; `image` is the one that they chose."""
    return list(pod_faults(pod, spawner, image))


def choices(profiles: Any) -> Iterator[tuple[Json, str | None]]:
    """Every choice that somebody may make, as KubeSpawner is told of it, and its image."""
    if not profiles:
        yield {}, None
    for profile in profiles or []:
        sizes = profile.get("profile_options", {}).get("size", {}).get("choices", {})
        for size in sizes or [None]:
            chosen = {"profile": profile.get("slug"), **({"size": size} if size else {})}
            yield chosen, profile.get("kubespawner_override", {}).get("image")


def door_faults(app: Any) -> Iterator[str]:
    """Who may enter is the access file's matter alone."""
    code = sys.modules.get("glaciocloud_hub")
    if code is None:
        yield "the platform's own code is not loaded"
        return
    door = app.authenticator
    if type(door) is not code.AccessFileAuthenticator:
        yield f"people would log in with {type(door).__module__}.{type(door).__name__}, past the access files"
        return
    for trait, wanted in DOOR.items():
        if getattr(door, trait) is not wanted:
            yield f"{trait} is {getattr(door, trait)}"
    for trait in LISTS:
        if getattr(door, trait, None):
            yield f"{trait} lets people in beside the access files"
    yield from login_faults(door)
    if not 1 <= door.auth_refresh_age <= OLDEST_SECONDS:
        yield f"auth_refresh_age is {door.auth_refresh_age}: people stay in after their access has ended"


def login_faults(door: Any) -> Iterator[str]:
    """GitHub says who somebody is: at another server somebody else has the same number."""
    github = promised().get("login", GITHUB)
    api = "https://api.github.com" if github == GITHUB else f"{github}/api/v3"
    for trait in LOGIN_URLS:
        url = str(getattr(door, trait))
        if not f"{url}/".startswith((f"{github}/", f"{api}/")):
            yield f"people would log in at {url}, and access files name accounts of {github}"
            return
    requests = door.http_request_kwargs or {}
    if not door.validate_server_cert or requests.get("validate_cert") is False:
        yield "nobody would look at the certificate of GitHub: whoever is on the way says who somebody is"


async def hook_faults(door: Any) -> list[str]:
    """What code makes of somebody who logs in: their name, and whether they administer, are of the files."""
    if door.username_map:
        return ["username_map gives people the name, and the home, of somebody else"]
    if not door.post_auth_hook:
        return []
    person = {"name": "load-check", "admin": False, "groups": [], "auth_state": None}
    try:
        made = await door.run_post_auth_hook(None, dict(person))
    except Exception as error:
        return [
            f"post_auth_hook cannot be asked what it makes of people: {type(error).__name__}: {error}"
        ]
    changed = [
        key for key in ("name", "admin", "groups") if (made or person).get(key) != person[key]
    ]
    return [f"post_auth_hook changes the {key} of people" for key in changed]


def reach_faults(app: Any) -> Iterator[str]:
    """No role and no service reaches everybody."""
    for role in app.load_roles:
        if role["name"] in OWN_ROLES:
            given = [*role.get("users", []), *role.get("groups", [])]
            if given or (role["name"] == "admin" and role.get("services")):
                yield f"somebody is given the role {role['name']!r}, which is not for them"
            continue
        for scope in role.get("scopes", []):
            if fault := scope_fault(role["name"], scope):
                yield f"the role {role['name']!r} {fault}: {scope}"
    if app.api_tokens:
        yield "api_tokens: whoever reads the files becomes whom a token is for"
    if app.reset_db:
        yield "reset_db is on: the hub would forget everybody at each start"
    names = [service.get("name") for service in app.services]
    for name in {name for name in names if names.count(name) > 1}:
        yield f"two services are called {name!r}"
    for service in app.services:
        if service.get("admin"):
            yield f"the service {service.get('name')!r} is an administrator"


def scope_fault(role: str, scope: str) -> str | None:
    """As src/core/hub/rules/roles.ts judges it."""
    base, _, filtered = scope.partition("!")
    becomes = BECOMES.fullmatch(base) is not None
    # About oneself, and one's own server.
    if filtered in ("user", "server") or not (becomes or REACHES.fullmatch(base)):
        return None
    if filtered.startswith(("user=", "server=")):
        return "acts for somebody else"
    if becomes:
        return "could become anybody"
    if role in OF_EVERYBODY or filtered == "":
        return "reaches everybody" if filtered == "" else "is everybody's, and reaches others"
    return None


def menu_faults(spawner: Any) -> Iterator[str]:
    """Images and sizes come from the mounted file."""
    code = sys.modules.get("glaciocloud_hub")
    if code is None:
        return
    if getattr(spawner, "profile_list", None) is not code.profile_list:
        yield "profile_list is not the platform's: images and sizes are not those of the files"
    if spawner.options_from_form is not code.options_from_form:
        yield "options_from_form is not the platform's"
    if getattr(spawner, "apply_user_options", None):
        yield "apply_user_options is set: people would choose what their server may do"
    if getattr(spawner, "group_overrides", None):
        yield "group_overrides is set: groups would get what no file says"
    if getattr(spawner, "oauth_client_allowed_scopes", None):
        yield "oauth_client_allowed_scopes is set: a server could do what whoever opens it may do"
    if spawner.delete_pvc:
        yield "delete_pvc is on: homes would be deleted together with users"


def pod_faults(pod: Json, spawner: Any, image: str | None) -> Iterator[str]:
    spec = pod["spec"]
    yield from node_faults(spec)
    yield from volume_faults(spec, spawner)
    yield from secret_faults(spec)
    server = server_of(spec)
    if image is not None:
        if server["image"] != image:
            yield f"the image is {server['image']}, and {image} was chosen"
        if "memory" not in server.get("resources", {}).get("limits", {}):
            yield "memory has no limit"
        yield from beside_faults(spec, image)
    for text in [*(server.get("command") or []), *(server.get("args") or [])]:
        if OPENS.match(text):
            yield f"servers would be open to whoever finds them: {text}"
    yield from place_faults(pod, spawner)
    yield from owner_faults(spec, server)
    yield from home_faults(spec, spawner)


def place_faults(pod: Json, spawner: Any) -> Iterator[str]:
    """Servers are where the hub's network policies and its removal look for them."""
    namespace = promised().get("namespace", spawner.namespace)
    if spawner.namespace != namespace or pod["metadata"].get("namespace", namespace) != namespace:
        yield f"servers would be in the namespace {spawner.namespace}, and not in {namespace}"
    labels = pod["metadata"].get("labels") or {}
    for key, value in promised().get("labels", {}).items():
        if labels.get(key) != value:
            yield f"the network policy would not know servers: the label {key} is {labels.get(key)}"
    for key in labels:
        if key.startswith(NETWORK_LABEL) and key != NETWORK_LABEL + REACHED:
            yield f"servers would reach the {key.removeprefix(NETWORK_LABEL)} by the label {key}"


def shared_faults(pod: Json, other: Json) -> Iterator[str]:
    if pod["metadata"]["name"] == other["metadata"]["name"]:
        yield f"two people would get one server: both are called {pod['metadata']['name']}"
    home = promised().get("home")
    homes = [home_of(one["spec"], home) for one in (pod, other)]
    if home is not None and homes[0] == homes[1] != (None, None):
        yield f"two people would get one home: {'/'.join(part for part in homes[0] if part)}"


def node_faults(spec: Json) -> Iterator[str]:
    """As src/core/hub/pod-security.ts judges it: what the baseline of Kubernetes refuses, and a little more."""
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(key):
            yield f"{key} opens the node"
    for volume in spec.get("volumes") or []:
        if volume.get("hostPath"):
            yield f"the volume {volume['name']!r} is a folder of the node"
    if spec.get("hostAliases"):
        yield "hostAliases: servers would take another machine for the hub"
    if spec.get("automountServiceAccountToken") is not False:
        yield "servers get a token of the cluster"
    common = spec.get("securityContext") or {}
    for sysctl in common.get("sysctls") or []:
        if sysctl["name"] not in SAFE_SYSCTLS:
            yield f"the setting {sysctl['name']} of the kernel is changed"
    if fault := security_fault(common):
        yield f"every container {fault}"
    for container in [*spec["containers"], *(spec.get("initContainers") or [])]:
        if container["name"] not in PRIVILEGED and (fault := container_fault(container)):
            yield f"the container {container['name']!r} {fault}"


def container_fault(container: Json) -> str | None:
    security = container.get("securityContext") or {}
    if security.get("privileged"):
        return "is privileged"
    if security.get("runAsUser") == 0:
        return "runs as root"
    if (security.get("capabilities") or {}).get("add"):
        return "may do more than others"
    if any(port.get("hostPort") for port in container.get("ports") or []):
        return "takes a port of the node"
    if (security.get("procMount") or "Default") != "Default":
        return "sees all of /proc"
    if names_host(container):
        return "has a probe that names a host"
    return security_fault(security)


def security_fault(security: Json) -> str | None:
    """What a pod and a container may say alike."""
    if (security.get("seccompProfile") or {}).get("type") == "Unconfined":
        return "runs without seccomp"
    if (security.get("appArmorProfile") or {}).get("type") == "Unconfined":
        return "runs without AppArmor"
    if (security.get("windowsOptions") or {}).get("hostProcess"):
        return "is a process of the node"
    linux = security.get("seLinuxOptions") or {}
    if linux.get("user") or linux.get("role") or linux.get("type", "") not in SAFE_SELINUX:
        return "changes what SELinux lets it do"
    return None


def names_host(container: Json) -> bool:
    """The node's own agent makes a probe: it would reach what the pod may not."""
    probes = [container.get(f"{kind}Probe") for kind in ("liveness", "readiness", "startup")]
    hooks = (container.get("lifecycle") or {}).values()
    hosts = [
        ((probe or {}).get(how) or {}).get("host")
        for probe in [*probes, *hooks]
        for how in ("httpGet", "tcpSocket")
    ]
    return any(hosts)


def beside_faults(spec: Json, image: str) -> Iterator[str]:
    """Containers beside a person's server are those that the hub's file names, and take no more than they say."""
    named = promised().get("images")
    starting = spec.get("initContainers") or []
    for container in [*spec["containers"], *starting]:
        name = container["name"]
        if name == "notebook" or name in PRIVILEGED:
            continue
        if named is not None and container.get("image") not in [*named, image]:
            yield f"the image of {name!r} is {container.get('image')}, which no file names"
        ends = container in starting and container.get("restartPolicy") != "Always"
        if not ends and "memory" not in (container.get("resources") or {}).get("limits", {}):
            yield f"the memory of {name!r} has no limit"


def volume_faults(spec: Json, spawner: Any) -> Iterator[str]:
    """What is mounted beside the home gives nobody what is another's, or the cluster's."""
    for volume in spec.get("volumes") or []:
        name = volume["name"]
        for kind in volume.keys() - VOLUMES - {"name", "hostPath"}:
            yield f"the volume {name!r} is of a kind that servers do not get: {kind}"
        for source in (volume.get("projected") or {}).get("sources") or []:
            if source.keys() & KEYS:
                yield f"the volume {name!r} holds a token of the cluster"
    for claim in claims_of(spec).values():
        if claim in promised().get("claims", []):
            yield f"the claim {claim} is the hub's own"
        elif claim != spawner.pvc_name and is_home(claim, spawner.pvc_name_template):
            yield f"the claim {claim} is somebody's home"


def is_home(claim: str, template: str) -> bool:
    """Whether a claim is called as people's homes are."""
    fixed = re.split(r"\{[^}]*\}", template)
    return any(fixed) and re.fullmatch(".+".join(map(re.escape, fixed)), claim) is not None


def secret_faults(spec: Json) -> Iterator[str]:
    """Whoever has a server reads what it is given."""
    own = promised().get("secrets")
    for name in sorted(set(secrets_in(spec))):
        if own and re.fullmatch(own, name):
            yield f"the Secret {name} is the hub's, and every user could read it"
    held = {name: os.environ.get(name, "") for name in promised().get("variables", [])}
    for container in [*spec["containers"], *(spec.get("initContainers") or [])]:
        for variable in container.get("env") or []:
            for name, text in held.items():
                if len(text) >= SHORTEST_SECRET and text in (variable.get("value") or ""):
                    yield f"{variable['name']} holds the hub's {name}, and every user could read it"


def secrets_in(value: Any) -> Iterator[str]:
    """Names of the Secrets that a part of a pod refers to. In a projected volume they are named as in a variable."""
    if isinstance(value, list):
        for one in value:
            yield from secrets_in(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key in REFERENCES and isinstance(one, dict):
                yield one.get(REFERENCES[key]) or one.get("name") or ""
            yield from secrets_in(one)


def owner_faults(spec: Json, server: Json) -> Iterator[str]:
    """Homes belong to one uid and group."""
    of_pod, own = spec.get("securityContext") or {}, server.get("securityContext") or {}
    uid = own.get("runAsUser", of_pod.get("runAsUser"))
    if uid != promised().get("uid", uid):
        yield f"servers would run as uid {uid}, and homes belong to {promised()['uid']}"
    gid = of_pod.get("fsGroup")
    if gid != promised().get("gid", gid):
        yield f"servers would have the group {gid}, and homes belong to {promised()['gid']}"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "people could become root inside their server"


def home_faults(spec: Json, spawner: Any) -> Iterator[str]:
    """Each person has a home of their own, and what the platform mounts is there."""
    home = promised().get("home")
    if home is None:
        return
    mounts = mounts_of(spec)
    folder = promised().get("folder")
    own = (spawner.pvc_name, None)
    if folder:
        own = (folder["claim"], spawner._expand_all(folder["path"]))
        yield from folder_faults(spec, own)
    if home_of(spec, home) != own:
        yield f"no home of their own is mounted at {home}"
    places = [one["mountPath"] for one in server_of(spec).get("volumeMounts") or []]
    if sum(os.path.normpath(place) == home for place in places) > 1:
        yield f"something lies over {home}"
    for path in promised().get("mounts", []):
        if path.rstrip("/") not in mounts:
            yield f"nothing is mounted at {path}"
    # On the volume it counts for every mount, of every container.
    for volume in spec.get("volumes") or []:
        claim = volume.get("persistentVolumeClaim") or {}
        if claim.get("claimName") in promised().get("readOnly", []) and not claim.get("readOnly"):
            yield f"servers could write to {claim['claimName']}, which others read"


def folder_faults(spec: Json, own: tuple[str, str]) -> Iterator[str]:
    """Of the claim that holds everybody's home each pod has its person's folder."""
    claims = claims_of(spec)
    for container in [*spec["containers"], *(spec.get("initContainers") or [])]:
        for mount in container.get("volumeMounts") or []:
            if claims.get(mount["name"]) == own[0] and mount.get("subPath") != own[1]:
                yield f"{container['name']!r} would have homes of others: it mounts {own[0]} at {mount['mountPath']}"


def home_of(spec: Json, home: str | None) -> tuple[str | None, str | None]:
    """The claim that is mounted as home, and the folder of it."""
    claims = claims_of(spec)
    for mount in server_of(spec).get("volumeMounts") or []:
        if mount["mountPath"].rstrip("/") == home and not mount.get("readOnly"):
            return claims.get(mount["name"]), mount.get("subPath")
    return None, None


def server_of(spec: Json) -> Json:
    return next(one for one in spec["containers"] if one["name"] == "notebook")


def mounts_of(spec: Json) -> dict[str, str]:
    """The volume at each place of a person's server."""
    mounts = server_of(spec).get("volumeMounts") or []
    return {one["mountPath"].rstrip("/"): one["name"] for one in mounts}


def claims_of(spec: Json) -> dict[str, str]:
    """The claim of each volume that has one."""
    return {
        volume["name"]: volume["persistentVolumeClaim"]["claimName"]
        for volume in spec.get("volumes") or []
        if volume.get("persistentVolumeClaim")
    }
