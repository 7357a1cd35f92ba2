{{- define "stadtmesh.labels" -}}
app.kubernetes.io/name: stadtmesh
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "stadtmesh.selector" -}}
app.kubernetes.io/name: stadtmesh
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "stadtmesh.fullname" -}}
{{ .root.Release.Name }}-{{ .name }}
{{- end }}

{{- /* What a service reads from /etc/stadtmesh/config.yaml: what all share, then its own settings on top. */}}
{{- define "stadtmesh.settings" -}}
{{- $root := .root }}
{{- $upstreams := dict }}
{{- range $name, $service := $root.Values.services }}
{{- if not $service.public }}
{{- $_ := set $upstreams $name (printf "dns:///%s-%s:50051" $root.Release.Name $name) }}
{{- end }}
{{- end }}
{{- $shared := dict "placeholder" true }}
{{- toYaml (mergeOverwrite $shared .service.settings) }}
{{- end }}
