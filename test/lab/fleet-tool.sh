#!/bin/bash
# kubectl or helm, whichever name it is called by, for one of many "clusters" that live in one control plane: the kubeconfig's
# name is the cluster's. Two things are doubles: who a cluster is, and what runs inside pods (there is nothing in them, so the
# health check and the copy of the database are answered here). All else goes to the real program, with the namespace
# glaciocloud-system being one for each cluster, and lists over all namespaces being of the cluster's own (CLUSTER-…).
# One line for each call in `calls`: begin, end, exit code, program, cluster, hub, first words; with tabs between.
home=${0%/bin/*} program=${0##*/} cluster=${KUBECONFIG##*/} began=$EPOCHREALTIME
real=$home/real/$program args=() hub='' input=''

for word; do
  [[ $last = --namespace ]] && hub=$word
  [[ $word = glaciocloud-system ]] && word=$word-$cluster
  args+=("$word") last=$word
done
if [[ " $* " = *' -f - '* ]]; then
  input=$(cat)
  [[ $input =~ \"namespace\":\"([^\"]+)\" || $input =~ \"kind\":\"Namespace\",\"metadata\":\{\"name\":\"([^\"]+)\" ]] && hub=${BASH_REMATCH[1]}
  input=${input//'"glaciocloud-system"'/'"glaciocloud-system-'$cluster'"'}
fi

line() { # check, image, detail: as health_check.py prints it; ok unless a class follows
  printf '{"check": "%s", "image": %s, "ok": %s, "seconds": 0.0, "detail": "%s", "class": %s}\n' "$1" "${2:-null}" "$([[ $4 ]] && echo false || echo true)" "$3" "${4:-null}"
}

health() {
  line hub null 'a double answers'
  [[ -e $home/unhealthy/$hub ]] && { line proxy null 'the test wants this hub to fail' '"product"'; return 1; }
  line proxy null 'a double answers'
  line files null 'a double answers'
  [[ $1 =~ \"image\":(\"[^\"]+\") ]] || return 0
  for check in user start server kernel stop gone; do line $check "${BASH_REMATCH[1]}" 'a double answers'; done
  line rows null 'a double answers'
}

call() {
  case "$program $1 $2 $3" in
    'kubectl get namespace kube-system') echo "{\"metadata\": {\"uid\": \"00000000-0000-4000-8000-0000000000${cluster#c}\"}}" ;;
    'kubectl exec '*)
      cat >/dev/null
      case ${!#} in
        '{'*) health "${!#}" ;;
        before-*) echo "{\"copied\": \"${!#}.sqlite\", \"integrity\": \"ok\"}" ;;
        *) echo 'the double knows no such script' >&2; return 2 ;;
      esac ;;
    'kubectl logs '*) echo '{"double": true}' ;;
    'kubectl get '*' --all-namespaces') "$real" "${args[@]}" | python3 -c '
import json, sys
found = json.load(sys.stdin)
found["items"] = [one for one in found["items"] if one["metadata"].get("namespace", sys.argv[1]).startswith(sys.argv[1])]
json.dump(found, sys.stdout)' "$cluster-" ;;
    *) if [[ $input ]]; then "$real" "${args[@]}" <<<"$input"; else "$real" "${args[@]}"; fi ;;
  esac
}

set -o pipefail
export KUBECACHEDIR=$home/cache
[[ $program = helm && $2 != -* ]] && hub=$2
call "$@"
code=$?
printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$began" "$EPOCHREALTIME" $code "$program" "$cluster" "$hub" "$1 $2 $3" >>"$home/calls"
exit $code
