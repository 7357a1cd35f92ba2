// The city's settings.
#include "buergerbus/rpc/methods.h"
#include "buergerbus/wire/settings.h"

namespace stadtmesh::buergerbus {
namespace {

template <typename Response>
absl::StatusOr<Response> RenderSettings(Services& services, const rpc::Call& call) {
  ASSIGN_OR_RETURN(const SettingsService::Document document,
                   services.settings.Get(Query::From(call)));
  Response response;
  *response.mutable_settings() = ToWire(*document.settings);
  response.set_etag(document.etag);
  return response;
}

absl::StatusOr<v1::GetSettingsResponse> HandleGetSettings(Services& services, const rpc::Call& call,
                                                          const v1::GetSettingsRequest&) {
  return RenderSettings<v1::GetSettingsResponse>(services, call);
}

absl::StatusOr<v1::UpdateSettingsResponse> HandleUpdateSettings(
    Services& services, const rpc::Call& call, const v1::UpdateSettingsRequest& request) {
  if (!request.has_settings()) return InvalidField("settings", FieldReason::kRequired);
  absl::StatusOr<Settings> settings = SettingsFromWire(request.settings());
  if (!settings.ok()) return PrefixFields("settings", settings.status());
  RETURN_IF_ERROR(
      services.settings.Update(Command::From(call), *settings, request.etag()).status());
  return RenderSettings<v1::UpdateSettingsResponse>(services, call);
}

}  // namespace

void AddCityMethods(rpc::ServiceBuilder& builder, Services& services) {
  Add(builder, "GetSettings", services, HandleGetSettings);
  Add(builder, "UpdateSettings", services, HandleUpdateSettings);
}

}  // namespace stadtmesh::buergerbus
