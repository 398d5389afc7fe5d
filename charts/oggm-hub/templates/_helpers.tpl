{{- define "oggm-hub.labels" -}}
app.kubernetes.io/part-of: {{ .Release.Name }}
app.kubernetes.io/managed-by: glaciocloud
{{- end }}

{{- define "oggm-hub.pause" -}}
{{- $image := .Values.jupyterhub.prePuller.pause.image -}}
{{ $image.name }}:{{ $image.tag }}
{{- end }}
{{- /* Where servers go, as a pod says it: seats and images wait on the same nodes. */}}
{{- define "oggm-hub.serverNodes" -}}
nodeSelector: {{ .nodeSelector | toJson }}
tolerations: {{ .tolerations | toJson }}
affinity: {{ .affinity | toJson }}
{{- end }}
{{- /* By which images are pulled, everywhere the same. */}}
{{- define "oggm-hub.pullSecrets" -}}
imagePullSecrets: {{ .Values.jupyterhub.imagePullSecrets | default list | toJson }}
{{- end }}
