{{- define "double.match" -}}
app: jupyterhub
release: {{ .Release.Name }}
{{- end }}

{{- define "double.labels" -}}
{{ include "double.match" . }}
chart: jupyterhub-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* A secret is given, or was made at the first installation and stays, or is made now: (list . GIVEN KEY) */ -}}
{{- define "double.secret" -}}
{{- $root := index . 0 -}}{{- $given := index . 1 -}}{{- $key := index . 2 -}}
{{- $old := lookup "v1" "Secret" $root.Release.Namespace "hub" -}}
{{- if $given }}{{ $given | b64enc }}
{{- else if and $old (hasKey ($old.data | default dict) $key) }}{{ index $old.data $key }}
{{- else }}{{ randAlphaNum 64 | sha256sum | b64enc }}{{ end }}
{{- end }}
