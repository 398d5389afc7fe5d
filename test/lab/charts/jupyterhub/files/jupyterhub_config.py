"""Configuration of the test double: what the platform's values mean, on a real JupyterHub with
KubeSpawner.
"""

import os
import sys

import yaml

HERE = "/usr/local/etc/jupyterhub"
sys.path.insert(0, HERE)
with open(f"{HERE}/secret/values.yaml") as file:
    values = yaml.safe_load(file)


def secret(key):
    with open(f"{HERE}/secret/{key}") as file:
        return file.read()


hub, proxy, singleuser, cull = values["hub"], values["proxy"], values["singleuser"], values["cull"]
namespace = os.environ["POD_NAMESPACE"]

c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.JupyterHub.hub_bind_url = "http://:8081"
c.JupyterHub.hub_connect_url = f"http://hub:{os.environ['HUB_SERVICE_PORT']}"
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"
c.JupyterHub.upgrade_db = True
c.JupyterHub.cleanup_servers = False
c.JupyterHub.last_activity_interval = 60
c.JupyterHub.cookie_secret = bytes.fromhex(secret("hub.config.JupyterHub.cookie_secret"))
c.ConfigurableHTTPProxy.api_url = f"http://proxy-api:{os.environ['PROXY_API_SERVICE_PORT']}"
c.ConfigurableHTTPProxy.should_start = False
for name, trait in [
    ("concurrentSpawnLimit", "concurrent_spawn_limit"),
    ("activeServerLimit", "active_server_limit"),
    ("allowNamedServers", "allow_named_servers"),
]:
    if hub.get(name) is not None:
        setattr(c.JupyterHub, trait, hub[name])
c.Spawner.consecutive_failure_limit = hub["consecutiveFailureLimit"]

storage = singleuser["storage"]
c.KubeSpawner.namespace = namespace
c.KubeSpawner.image = f"{singleuser['image']['name']}:{singleuser['image']['tag']}"
c.KubeSpawner.image_pull_policy = singleuser["image"]["pullPolicy"]
c.KubeSpawner.image_pull_secrets = values["imagePullSecrets"]
c.KubeSpawner.uid = singleuser["uid"]
c.KubeSpawner.fs_gid = singleuser["fsGid"]
c.KubeSpawner.allow_privilege_escalation = singleuser["allowPrivilegeEscalation"]
c.KubeSpawner.start_timeout = singleuser["startTimeout"]
c.KubeSpawner.node_selector = singleuser["nodeSelector"]
c.KubeSpawner.tolerations = singleuser["extraTolerations"]
c.KubeSpawner.environment = singleuser["extraEnv"]
c.KubeSpawner.common_labels = {
    "app": "jupyterhub",
    "release": os.environ["HELM_RELEASE_NAME"],
    "heritage": "jupyterhub",
}
c.KubeSpawner.extra_labels = {
    "hub.jupyter.org/network-access-hub": "true",
    "app.kubernetes.io/component": "singleuser-server",
}
if singleuser["cmd"]:
    c.Spawner.cmd = singleuser["cmd"]
if singleuser["defaultUrl"]:
    c.Spawner.default_url = singleuser["defaultUrl"]
if storage["type"] == "dynamic":
    c.KubeSpawner.storage_pvc_ensure = True
    c.KubeSpawner.pvc_name_template = "claim-{user_server}"
    c.KubeSpawner.storage_class = storage["dynamic"]["storageClass"] or None
    c.KubeSpawner.storage_access_modes = ["ReadWriteOnce"]
    c.KubeSpawner.storage_capacity = storage["capacity"]
    claim, folder = "{pvc_name}", {}
else:
    claim, folder = storage["static"]["pvcName"], {"subPath": storage["static"]["subPath"]}
c.KubeSpawner.volumes = [{"name": "home", "persistentVolumeClaim": {"claimName": claim}}] + storage[
    "extraVolumes"
]
c.KubeSpawner.volume_mounts = [
    {"name": "home", "mountPath": storage["homeMountPath"], **folder}
] + storage["extraVolumeMounts"]

c.JupyterHub.services = [
    {
        "name": name,
        **{key: value for key, value in service.items() if key != "apiToken"},
        "api_token": secret(f"hub.services.{name}.apiToken"),
    }
    for name, service in hub["services"].items()
]
c.JupyterHub.load_roles = [{"name": name, **role} for name, role in hub["loadRoles"].items()]
if cull["enabled"]:
    command = ["python3", "-m", "jupyterhub_idle_culler", "--url=http://localhost:8081/hub/api"]
    command += [
        f"--timeout={cull['timeout']}",
        f"--cull-every={cull['every']}",
        f"--max-age={cull['maxAge']}",
    ]
    if cull["users"]:
        command += ["--cull-users"]
    c.JupyterHub.services.append({"name": "jupyterhub-idle-culler", "command": command})
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    c.JupyterHub.load_roles.append(
        {"name": "jupyterhub-idle-culler", "scopes": scopes, "services": ["jupyterhub-idle-culler"]}
    )

for section, traits in hub["config"].items():
    c[section].update(traits)
for _, code in sorted(hub["extraConfig"].items()):
    exec(code)
