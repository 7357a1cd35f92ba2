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
  const search::Query wanted{.text = text, .near = near, .kinds = {}, .limit = limit};
  absl::StatusOr<std::vector<search::Hit>> stops = StopsOf(query.tenant(), entry)->Search(wanted);
  if (!stops.ok()) return Rename(stops.status());
  std::vector<search::Hit> hits = *std::move(stops);
  if (addresses_ != nullptr) {
    absl::StatusOr<std::vector<search::Hit>> addresses = addresses_->Search(wanted);
    if (!addresses.ok()) return Rename(addresses.status());
    hits.insert(hits.end(), addresses->begin(), addresses->end());
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const search::Hit& a, const search::Hit& b) { return a.score > b.score; });
  if (hits.size() > static_cast<size_t>(limit)) hits.resize(static_cast<size_t>(limit));
  std::vector<FoundPlace> found;
  for (const search::Hit& hit : hits)
    found.push_back({PlaceOf(hit), entry.settings->area.Contains(hit.location)});
  return found;
}

}  // namespace stadtmesh::buergerbus
