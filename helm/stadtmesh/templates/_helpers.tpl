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

{{- /* What a schema cannot say. */}}
{{- define "stadtmesh.check" -}}
{{- $ids := list }}
{{- $hosts := list }}
{{- range .Values.tenants }}
{{- if has .id $ids }}{{ fail (printf "tenants: the id %s is given twice" .id) }}{{ end }}
{{- $ids = append $ids .id }}
{{- range .hosts }}
{{- if has . $hosts }}{{ fail (printf "tenants: the host %s is given twice; it leads to one municipality" .) }}{{ end }}
{{- $hosts = append $hosts . }}
{{- end }}
{{- end }}
{{- with .Values.auth.keycloakTenant }}
{{- if not (has . $ids) }}{{ fail (printf "auth.keycloakTenant is %s, should be an id of `tenants`: %s" . (join ", " $ids)) }}{{ end }}
{{- end }}
{{- if .Values.ingress.enabled }}
{{- if not .Values.ingress.trustedProxies }}
{{- fail "ingress.trustedProxies is empty, should be the networks from which the Ingress controller reaches the gateway, such as [10.244.0.0/16]: without them the whole town shares one client address, and so one rate limit" }}
{{- end }}
{{- if hasKey ((.Values.services.gateway.settings | default dict).gateway | default dict) "trusted_proxies" }}
{{- fail "services.gateway.settings.gateway.trusted_proxies should not be set here: with an Ingress, ingress.trustedProxies says it" }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What a service reads from /etc/stadtmesh/config.yaml: what all share, then what its kind needs, then its own settings on top. */}}
{{- define "stadtmesh.settings" -}}
{{- $root := .root }}
{{- $name := .name }}
{{- $tenants := list }}
{{- $hosts := list }}
{{- range $root.Values.tenants }}
{{- $tenants = append $tenants .id }}
{{- $id := .id }}
{{- range .hosts }}{{- $hosts = append $hosts (printf "%s=%s" . $id) }}{{- end }}
{{- end }}
{{- $auth := dict "issuer" $root.Values.auth.issuer "audience" $root.Values.auth.audience "jwks_url" $root.Values.auth.jwksUrl
      "alias_secret_file" "/etc/stadtmesh-secrets/alias-secret" "mesh_key_file" "/etc/stadtmesh-secrets/mesh-key.pem" }}
{{- with $root.Values.auth.keycloakTenant }}{{- $_ := set $auth "keycloak_tenant" . }}{{- end }}
{{- $settings := dict "tenants" $tenants "auth" $auth "metrics" (dict "listen" "0.0.0.0:9090") "redis" (dict "address" $root.Values.redis.address "cluster" $root.Values.redis.cluster "replicas" $root.Values.redis.replicas)
      "bus" (dict "kind" "kafka") "kafka" (dict "brokers" $root.Values.kafka.brokers) }}
{{- if .service.public }}
{{- $upstreams := list }}
{{- range $other, $service := $root.Values.services }}
{{- if not $service.public }}{{- $upstreams = append $upstreams (printf "stadtmesh.%s.v1=dns:///%s-%s:50051" $other $root.Release.Name $other) }}{{- end }}
{{- end }}
{{- $public := dict "listen" "0.0.0.0:8080" "hosts" $hosts "upstreams" $upstreams "descriptor_set" "/usr/share/stadtmesh/stadtmesh.protoset" }}
{{- if $root.Values.ingress.enabled }}{{- $_ := set $public "trusted_proxies" $root.Values.ingress.trustedProxies }}{{- end }}
{{- $_ := set $settings $name $public }}
{{- else }}
{{- $_ := set $settings "server" (dict "listen" "0.0.0.0:50051") }}
{{- $_ := set $settings $name (dict "map" (printf "/var/lib/stadtmesh/map/%s" $root.Values.map.file)) }}
{{- end }}
{{- toYaml (mergeOverwrite $settings (deepCopy (.service.settings | default dict))) }}
{{- end }}
