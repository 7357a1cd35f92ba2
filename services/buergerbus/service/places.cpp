#include "buergerbus/service/places.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/status.h"

namespace stadtmesh::buergerbus {
namespace {

// The geocoder's field names are its own.
absl::Status Rename(const absl::Status& status) {
  const std::optional<ErrorInfo> info = GetErrorInfo(status);
  if (!info || info->fields.empty()) return status;
  std::vector<FieldError> fields = info->fields;
  for (FieldError& field : fields) {
    if (field.field == "query") field.field = "text";
    if (field.field == "limit") field.field = "maximum_results";
  }
  return InvalidArgument(std::move(fields));
}

Place PlaceOf(const search::Hit& hit) {
  Place place{.location = hit.location, .label = hit.label};
  if (hit.kind == search::EntryKind::kStop) place.stop = StopId(hit.id);
  return place;
}

}  // namespace

std::shared_ptr<const search::Geocoder> PlaceSearch::StopsOf(const std::string& tenant,
                                                             const SettingsCache::Entry& entry) {
  absl::MutexLock lock(&mutex_);
  Stops& stops = stops_[tenant];
  if (stops.index == nullptr || stops.version != entry.version) {
    std::vector<search::Entry> entries;
    for (const Stop& stop : entry.settings->stops) {
      entries.push_back({.kind = search::EntryKind::kStop,
                         .id = stop.id.value(),
                         .name = stop.name,
                         .location = stop.location});
    }
    stops = {entry.version, search::Geocoder::Build(std::move(entries))};
  }
  return stops.index;
}

absl::StatusOr<std::vector<FoundPlace>> PlaceSearch::Find(const Query& query,
                                                          const std::string& text,
                                                          const std::optional<LatLon>& near,
                                                          int limit) {
  ASSIGN_OR_RETURN(const SettingsCache::Entry entry, core_->settings.Read(query));
  const auto served = [&](const LatLon& location) {
    return entry.settings->area.Contains(location);
  };
  const search::Query wanted{
      .text = text, .near = near, .kinds = {}, .preferred = served, .limit = limit};
  absl::StatusOr<std::vector<search::Hit>> stops = StopsOf(query.tenant(), entry)->Search(wanted);
  if (!stops.ok()) return Rename(stops.status());
  std::vector<search::Hit> hits = *std::move(stops);
  if (addresses_ != nullptr) {
    absl::StatusOr<std::vector<search::Hit>> addresses = addresses_->Search(wanted);
    if (!addresses.ok()) return Rename(addresses.status());
    hits.insert(hits.end(), addresses->begin(), addresses->end());
  }
  std::vector<FoundPlace> found;
  for (const search::Hit& hit : hits)
    found.push_back({PlaceOf(hit), served(hit.location), hit.score});
  std::stable_sort(found.begin(), found.end(),
                   [](const FoundPlace& a, const FoundPlace& b) { return a.score > b.score; });
  if (found.size() > static_cast<size_t>(limit)) found.resize(static_cast<size_t>(limit));
  return found;
}

}  // namespace stadtmesh::buergerbus
