{{- define "oggm-hub.labels" -}}
app.kubernetes.io/part-of: {{ .Release.Name }}
app.kubernetes.io/managed-by: glaciocloud
{{- end }}

{{- define "oggm-hub.pause" -}}
{{- $image := .Values.jupyterhub.prePuller.pause.image -}}
{{ $image.name }}:{{ $image.tag }}
{{- end }}
