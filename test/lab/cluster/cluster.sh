#!/bin/bash
# cluster.sh up [--netpol] | down [--keep-images] | status | netpol_off          real single-node cluster (root; containerd, runc, CNI plugins, iptables from apt)
# cluster.sh up --kwok N | down --kwok | status --kwok              control plane only on 127.0.0.1 + N fake nodes (no root, no bridge, no containerd)
set -eu
H=$(cd "$(dirname "$0")" && pwd); L=${LAB_CACHE:-$HOME/.cache/glaciocloud-lab}; BIN=${BIN:-$L/bin}   # H: these files; L: what is built and run
CMD=${1:-status}; shift || true; KWOK=; NETPOL=; KEEP=
while [ $# -gt 0 ]; do case $1 in --kwok) KWOK=1; case ${2:-} in [0-9]*) KWOK=$2; shift;; esac;; --netpol) NETPOL=1;; --keep-images) KEEP=1;; *) echo "unknown: $1" >&2; exit 2;; esac; shift; done
if [ -n "$KWOK" ]; then W=${W:-$L/run-kwok}; IP=127.0.0.1; API=16443; ETCD=12379; ETCDP=12380; KCM=20257; SCHED=20259
else W=${W:-$L/run}; IP=10.200.0.1; API=6443; ETCD=2379; ETCDP=2380; KCM=10257; SCHED=10259; fi
NODE=node1; BR=kube0; PODS=10.244.0.0/24; SVC=10.96.0.0/16; S=$W/sock/containerd.sock
export KUBECONFIG=$W/kubeconfig PATH=$BIN:$PATH
CTR="ctr -a $S -n k8s.io"
alive(){ [ -s $W/pid/$1 ] && [ -e /proc/$(cat $W/pid/$1)/exe ] && kill -0 $(cat $W/pid/$1) 2>/dev/null; }
bg(){ local n=$1; shift; alive $n && return 0; (cd $W; setsid nohup "$@" >>$W/log/$n 2>&1 </dev/null 9>&- & echo $! >$W/pid/$n); }
stop(){ local n; for n; do alive $n && kill $(cat $W/pid/$n) 2>/dev/null || true; done
  for n; do for i in $(seq 50); do alive $n || break; sleep 0.1; done; alive $n && kill -9 $(cat $W/pid/$n) || true; rm -f $W/pid/$n; done; }
strays(){ local p c; for p in /proc/[0-9]*; do c=$(readlink $p/cwd 2>/dev/null) || continue; case "$c/" in $W/*|"$W (deleted)/"*) echo ${p#/proc/};; esac; done; }   # what works in our folder and no pid file names: the rest of an `up` that was killed
wait4(){ local s=$1; shift; local e=$((SECONDS+s)); until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $e ] || { echo "timeout: $*" >&2; return 1; }; sleep 0.2; done; }
say(){ printf '%6.1f s  %s\n' $(( ($(date +%s%N)-T0)/100000000 ))e-1 "$*"; }

# --- keys: one CA, ECDSA; every component has its own identity (Node,RBAC authorization)
crt(){ local n=$1 subj=$2 ext=$3; [ -s pki/$n.crt ] && return 0
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout pki/$n.key -subj "$subj" -out pki/$n.csr 2>/dev/null
  openssl x509 -req -in pki/$n.csr -CA pki/ca.crt -CAkey pki/ca.key -set_serial 0x$(openssl rand -hex 8) -days 3650 -extfile <(echo "keyUsage=digitalSignature,keyEncipherment
$ext") -out pki/$n.crt 2>/dev/null; rm -f pki/$n.csr; }
kc(){ crt $1 "$2" extendedKeyUsage=clientAuth; cat >$3 <<Y
{"apiVersion":"v1","kind":"Config","current-context":"lab","clusters":[{"name":"lab","cluster":{"server":"https://$IP:$API","certificate-authority-data":"$(base64 -w0 pki/ca.crt)"}}],"users":[{"name":"$1","user":{"client-certificate-data":"$(base64 -w0 pki/$1.crt)","client-key-data":"$(base64 -w0 pki/$1.key)"}}],"contexts":[{"name":"lab","context":{"cluster":"lab","user":"$1"}}]}
Y
  chmod 600 $3; }
w(){ cat >$1.new; if cmp -s $1.new $1; then rm $1.new; else mv $1.new $1; fi; } # kube-proxy exits when its file is written again, even with the same text
pki(){ cd $W; umask 077; mkdir -p pki
  [ -s pki/ca.crt ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout pki/ca.key -out pki/ca.crt -days 3650 -subj /CN=lab-ca -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature 2>/dev/null
  [ -s pki/sa.key ] || { openssl genrsa -out pki/sa.key 2048 2>/dev/null; openssl rsa -in pki/sa.key -pubout -out pki/sa.pub 2>/dev/null; }
  crt apiserver /CN=kube-apiserver "extendedKeyUsage=serverAuth
subjectAltName=IP:$IP,IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  crt kubelet-server /O=system:nodes/CN=system:node:$NODE "extendedKeyUsage=serverAuth
subjectAltName=IP:$IP,DNS:$NODE"
  crt apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet-client extendedKeyUsage=clientAuth
  crt front-proxy /CN=front-proxy-client extendedKeyUsage=clientAuth
  kc admin /O=system:masters/CN=lab-admin kubeconfig; kc kcm /CN=system:kube-controller-manager kcm.kubeconfig; kc sched /CN=system:kube-scheduler sched.kubeconfig
  kc kubelet /O=system:nodes/CN=system:node:$NODE kubelet.kubeconfig; kc proxy /CN=system:kube-proxy proxy.kubeconfig; umask 022; }

control(){ # etcd, apiserver, controller-manager, scheduler
  bg etcd $BIN/etcd --name lab --data-dir $W/etcd --listen-client-urls http://127.0.0.1:$ETCD --advertise-client-urls http://127.0.0.1:$ETCD --listen-peer-urls http://127.0.0.1:$ETCDP --initial-advertise-peer-urls http://127.0.0.1:$ETCDP --initial-cluster lab=http://127.0.0.1:$ETCDP --unsafe-no-fsync --quota-backend-bytes=4294967296 --log-level warn
  local x="--endpoint-reconciler-type=none"; [ -n "$KWOK" ] || x="--advertise-address=$IP --kubelet-client-certificate=pki/apiserver-kubelet.crt --kubelet-client-key=pki/apiserver-kubelet.key --kubelet-certificate-authority=pki/ca.crt --kubelet-preferred-address-types=InternalIP"
  bg apiserver $BIN/kube-apiserver --etcd-servers=http://127.0.0.1:$ETCD --bind-address=$IP --secure-port=$API --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key --client-ca-file=pki/ca.crt --cert-dir=$W/certs \
    --service-cluster-ip-range=$SVC --service-account-key-file=pki/sa.pub --service-account-signing-key-file=pki/sa.key --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true --requestheader-client-ca-file=pki/ca.crt --requestheader-allowed-names=front-proxy-client --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group --requestheader-extra-headers-prefix=X-Remote-Extra- --proxy-client-cert-file=pki/front-proxy.crt --proxy-client-key-file=pki/front-proxy.key --enable-aggregator-routing=true --profiling=false --shutdown-send-retry-after=false $x
  wait4 90 kubectl get --raw /readyz; say "apiserver ready"
  local y=; [ -n "$KWOK" ] && y="--kube-api-qps=500 --kube-api-burst=1000 --node-monitor-period=30s --node-monitor-grace-period=10m"
  bg kcm $BIN/kube-controller-manager --kubeconfig=kcm.kubeconfig --authentication-kubeconfig=kcm.kubeconfig --authorization-kubeconfig=kcm.kubeconfig --service-account-private-key-file=pki/sa.key --root-ca-file=pki/ca.crt --cluster-signing-cert-file=pki/ca.crt --cluster-signing-key-file=pki/ca.key --use-service-account-credentials=true --bind-address=127.0.0.1 --secure-port=$KCM --leader-elect=false $([ -n "$KWOK" ] || echo --allocate-node-cidrs=true --cluster-cidr=$PODS --node-cidr-mask-size=24) --service-cluster-ip-range=$SVC $y
  local z=; [ -n "$KWOK" ] && { echo '{"apiVersion":"kubescheduler.config.k8s.io/v1","kind":"KubeSchedulerConfiguration","leaderElection":{"leaderElect":false},"clientConnection":{"kubeconfig":"'$W/sched.kubeconfig'","qps":500,"burst":1000}}' >$W/sched.yaml; z=--config=sched.yaml; } || z="--kubeconfig=sched.kubeconfig --leader-elect=false"
  bg sched $BIN/kube-scheduler $z --authentication-kubeconfig=sched.kubeconfig --authorization-kubeconfig=sched.kubeconfig --bind-address=127.0.0.1 --secure-port=$SCHED; }

node_conf(){ cd $W
  w cni/10-lab.conflist <<J
{"cniVersion":"0.4.0","name":"lab","plugins":[{"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,"hairpinMode":true,"mtu":1400,"ipam":{"type":"host-local","dataDir":"$W/ipam","ranges":[[{"subnet":"$PODS"}]],"routes":[{"dst":"0.0.0.0/0"}]}},{"type":"portmap","capabilities":{"portMappings":true}}]}
J
  w containerd.toml <<T
version = 2
root = "$W/containerd"
state = "$W/containerd-state"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "$S"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "lab.local/pause:3.10"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$W/cni"
T
  w kubelet.yaml <<Y
kind: KubeletConfiguration
apiVersion: kubelet.config.k8s.io/v1beta1
address: $IP
tlsCertFile: $W/pki/kubelet-server.crt
tlsPrivateKeyFile: $W/pki/kubelet-server.key
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $W/pki/ca.crt}}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix://$S
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
enforceNodeAllocatable: []
maxOpenFiles: 20000
healthzBindAddress: 127.0.0.1
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
resolvConf: $W/resolv.conf
volumePluginDir: $W/volumeplugins
podLogsDir: $W/podlogs
evictionHard: {memory.available: 100Mi, nodefs.available: "1%", imagefs.available: "1%"}
imageGCHighThresholdPercent: 100
nodeStatusUpdateFrequency: 2s
syncFrequency: 1m
volumeStatsAggPeriod: 15s
fileCheckFrequency: 20s
serializeImagePulls: false
maxPods: 110
Y
  grep -v '^nameserver 127\.' /etc/resolv.conf | w resolv.conf
  w proxy.yaml <<Y
kind: KubeProxyConfiguration
apiVersion: kubeproxy.config.k8s.io/v1alpha1
mode: iptables
clientConnection: {kubeconfig: $W/proxy.kubeconfig}
clusterCIDR: $PODS
hostnameOverride: $NODE
bindAddress: $IP
nodePortAddresses: [127.0.0.0/8, $IP/32]
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
metricsBindAddress: 127.0.0.1:10249
healthzBindAddress: 127.0.0.1:10256
Y
}
images(){ local h=$L/images; mkdir -p $h
  [ -s $h/pause.tar ] || { gcc -Os -static -DVERSION=3.10 -o $h/pause $L/src/pause.c; strip $h/pause; python3 $H/mkimage.py $h/pause.tar lab.local/pause:3.10 $h/pause=/pause -- /pause; }
  [ -s $h/busybox.tar ] || { local a="$L/src/busybox=/bin/busybox"; for t in $($L/src/busybox --list); do [ $t = busybox ] || a="$a @busybox=/bin/$t"; done; python3 $H/mkimage.py $h/busybox.tar lab.local/busybox:v1 $a -- ; }
  [ $h/coredns.tar -nt $BIN/coredns ] || python3 $H/mkimage.py $h/coredns.tar lab.local/coredns:v1 $BIN/coredns=/coredns /etc/ssl/certs/ca-certificates.crt=/etc/ssl/certs/ca-certificates.crt -- /coredns
  [ $h/local-path.tar -nt $BIN/local-path-provisioner ] || python3 $H/mkimage.py $h/local-path.tar lab.local/local-path-provisioner:v1 $BIN/local-path-provisioner=/usr/bin/local-path-provisioner -- local-path-provisioner
  local have; have=$($CTR images ls -q)
  for i in pause:3.10=pause busybox:v1=busybox coredns:v1=coredns local-path-provisioner:v1=local-path; do case "$have" in *lab.local/${i%=*}*) ;; *) $CTR images import --no-unpack=false $h/${i#*=}.tar >>$W/log/import 2>&1 || $CTR images import $h/${i#*=}.tar >>$W/log/import;; esac; done; }
up(){ T0=$(date +%s%N); mkdir -p $W/cni $W/log $W/pid $W/sock $W/pv $W/podlogs; pki
  if [ -z "$KWOK" ]; then
    ip link show $BR >/dev/null 2>&1 || { ip link add $BR type bridge; ip addr add $IP/24 dev $BR; ip link set $BR up; }
    [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || sysctl -qw net.ipv4.ip_forward=1
    [ "$(cat /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null || echo 1)" = 1 ] || sysctl -qw net.bridge.bridge-nf-call-iptables=1
    for d in -i -o; do iptables -w -C FORWARD $d cni0 -m comment --comment lab-kube -j ACCEPT 2>/dev/null || iptables -w -A FORWARD $d cni0 -m comment --comment lab-kube -j ACCEPT; done  # docker's policy is DROP; at the end, so that network policies come first
    node_conf; bg containerd containerd -c $W/containerd.toml; wait4 20 $CTR version; images & local ip_=$!
  fi
  control
  if [ -n "$KWOK" ]; then wait4 60 kubectl -n default get sa default
    bg kwok $BIN/kwok --kubeconfig=$W/kubeconfig $(for f in $L/src/stages/*.yaml $H/stages/*.yaml; do echo --config=$f; done) --manage-all-nodes=true --node-lease-duration-seconds=600 --server-address=127.0.0.1:20247
    say "control plane up"; nodes; say "$KWOK fake nodes ready"; return; fi
  wait $ip_; say "images in"
  bg kubelet $BIN/kubelet --kubeconfig=$W/kubelet.kubeconfig --config=$W/kubelet.yaml --root-dir=$W/kubelet --cert-dir=$W/kubelet/pki --hostname-override=$NODE --node-ip=$IP
  bg proxy $BIN/kube-proxy --config=$W/proxy.yaml
  kubectl get clusterrolebinding kubeadm:node-proxier >/dev/null 2>&1 || kubectl create clusterrolebinding lab:node-proxier --clusterrole=system:node-proxier --user=system:kube-proxy >/dev/null 2>&1 || true
  kubectl apply --server-side -f $H/manifests/coredns.yaml >/dev/null; sed "s#@PV@#$W/pv#" $H/manifests/local-path.yaml.in | kubectl apply --server-side -f - >/dev/null
  wait4 60 sh -c "kubectl get nodes | grep -q ' Ready'"; say "node Ready"
  wait4 60 kubectl -n default get sa default
  [ -z "$NETPOL" ] || bg netpol python3 $H/netpol.py $W $IP $API
  kubectl -n kube-system rollout status deploy/coredns --timeout=180s >/dev/null; kubectl -n local-path-storage rollout status deploy/local-path-provisioner --timeout=180s >/dev/null; say "DNS and storage ready"; }
nodes(){ # N fake nodes in one list apply
  wait4 60 kubectl get --raw /readyz
  python3 - $KWOK <<'P' | kubectl create -f - >/dev/null 2>&1 || true
import json,sys
n=int(sys.argv[1]); print(json.dumps({"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Node","metadata":{"name":f"fake-{i:04d}","annotations":{"kwok.x-k8s.io/node":"fake"},"labels":{"type":"kwok","kubernetes.io/hostname":f"fake-{i:04d}","kubernetes.io/os":"linux","kubernetes.io/arch":"amd64"}},"status":{"allocatable":{"cpu":"32","memory":"256Gi","pods":"1000"},"capacity":{"cpu":"32","memory":"256Gi","pods":"1000"}}} for i in range(n)]}))
P
  wait4 60 sh -c "[ \$(kubectl get nodes --no-headers | grep -c ' Ready') -ge $KWOK ]"; }
end_strays(){ local p; for p in $(strays); do kill -9 $p 2>/dev/null || true; done; }
down(){ T0=$(date +%s%N); [ -d $W ] || return 0
  if [ -n "$KWOK" ]; then stop kwok sched kcm apiserver etcd; end_strays; rm -rf $W; return; fi
  stop netpol kubelet proxy sched kcm apiserver
  local ns=; if alive containerd; then
    ns=$($CTR c ls -q | while read c; do $CTR c info --spec $c 2>/dev/null | grep -oE '/(var/)?run/netns/cni-[0-9a-f-]+'; done | sed 's#^/var##' | sort -u)
    for c in $($CTR task ls -q); do $CTR task kill -s 9 $c >/dev/null 2>&1 || true; done; sleep 0.5
    for c in $($CTR task ls -q); do $CTR task rm -f $c >/dev/null 2>&1 || true; done
    for c in $($CTR c ls -q); do $CTR c rm $c >/dev/null 2>&1 || true; done; fi
  stop containerd etcd; end_strays
  mount | awk -v w=$W/ 'index($3,w)==1 {print $3}' | tac | xargs -r umount -l
  for n in $ns; do umount $n 2>/dev/null || true; rm -f $n; done
  clean; ip link del cni0 2>/dev/null || true; ip link del $BR 2>/dev/null || true
  for c in /sys/fs/cgroup/*/kubepods; do [ -d $c ] && find $c -depth -type d -exec rmdir {} + 2>/dev/null || true; done
  if [ -n "$KEEP" ]; then find $W -mindepth 1 -maxdepth 1 ! -name containerd -exec rm -rf {} +; else rm -rf $W; fi; say "down"; }
clean(){ # this cluster's own chains and rules (KUBE-*, CNI-*, cni0, lab-kube) in the iptables tables
  for x in iptables ip6tables; do for t in filter nat mangle; do
    $x -w -t $t -S 2>/dev/null | grep -E '^-A .*(KUBE-|CNI-|LABNP|lab-kube)' | sed 's/^-A/-D/' | while read -r l; do eval "$x -w -t $t $l" 2>/dev/null || true; done
    for i in 1 2 3; do $x -w -t $t -S 2>/dev/null | awk '/^-N (KUBE-|CNI-|LABNP)/{print $2}' | while read -r c; do $x -w -t $t -F $c; $x -w -t $t -X $c 2>/dev/null || true; done; done; done; done
  true; }
netpol_off(){ stop netpol; iptables -w -D FORWARD -j LABNP 2>/dev/null || true; iptables -w -D INPUT -i cni0 -j LABNP 2>/dev/null || true
  local c; for o in -F -X; do for c in $(iptables -w -S | awk '/^-N LABNP/{print $2}'); do iptables -w $o $c 2>/dev/null || true; done; done; for c in $(iptables -w -S | awk '/^-N LABNP/{print $2}'); do iptables -w -X $c; done; }
status(){ for p in etcd apiserver kcm sched containerd kubelet proxy netpol kwok; do [ -s $W/pid/$p ] || continue; alive $p && echo "$p pid $(cat $W/pid/$p) rss $(awk '/VmRSS/{print int($2/1024)}' /proc/$(cat $W/pid/$p)/status) MB" || echo "$p DEAD (log $W/log/$p)"; done
  kubectl get nodes 2>&1 | head -5; kubectl get pods -A 2>&1 | head -20; }
case $CMD in up|down) mkdir -p $L; exec 9>$L/cluster.lock; flock 9; $CMD;; status|nodes|netpol_off) $CMD;; *) sed -n 2,3p $0; exit 2;; esac
