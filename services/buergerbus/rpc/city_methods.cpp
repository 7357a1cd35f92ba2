// The city's settings.
#include "buergerbus/rpc/methods.h"
#include "buergerbus/wire/settings.h"

namespace stadtmesh::buergerbus {
namespace {

template <typename Response>
absl::StatusOr<Response> RenderSettings(Api& api, const rpc::Call& call) {
  ASSIGN_OR_RETURN(const SettingsService::Document document,
                   api.services.settings.Get(QueryOf(call)));
  Response response;
  *response.mutable_settings() = ToWire(*document.settings);
  response.set_etag(document.etag);
  return response;
}

absl::StatusOr<v1::GetSettingsResponse> HandleGetSettings(Api& api, const rpc::Call& call,
                                                          const v1::GetSettingsRequest&) {
  return RenderSettings<v1::GetSettingsResponse>(api, call);
}

absl::StatusOr<v1::UpdateSettingsResponse> HandleUpdateSettings(
    Api& api, const rpc::Call& call, const v1::UpdateSettingsRequest& request) {
  if (!request.has_settings()) return InvalidField("settings", FieldReason::kRequired);
  absl::StatusOr<Settings> settings = SettingsFromWire(request.settings());
  if (!settings.ok()) return PrefixFields("settings", settings.status());
  RETURN_IF_ERROR(
      api.services.settings.Update(CommandOf(call), *settings, request.etag()).status());
  return RenderSettings<v1::UpdateSettingsResponse>(api, call);
}

}  // namespace

void AddCityMethods(rpc::ServiceBuilder& builder, Api& api) {
  Add(builder, "GetSettings", api, HandleGetSettings);
  Add(builder, "UpdateSettings", api, HandleUpdateSettings);
}

}  // namespace stadtmesh::buergerbus
