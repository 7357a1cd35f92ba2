// Finds stops and addresses by what people type.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "buergerbus/service/core.h"
#include "search/geocoder.h"

namespace stadtmesh::buergerbus {

struct FoundPlace {
  Place place;
  bool in_area = false;
  double score = 0;  // 0 to 1
};

// Thread-safe. The addresses come from the map and stay; the stops come from the settings and are
// indexed again when those change.
class PlaceSearch {
 public:
  // `addresses` may be null: then only stops are found.
  PlaceSearch(Core* core, const search::Geocoder* addresses) : core_(core), addresses_(addresses) {}

  // What lies in the service area first; there and outside the best first, stops before addresses
  // of the same rank. INVALID_ARGUMENT with the fields text, near, maximum_results.
  absl::StatusOr<std::vector<FoundPlace>> Find(const Query& query, const std::string& text,
                                               const std::optional<LatLon>& near, int limit);

 private:
  struct Stops {
    store::Version version;
    std::shared_ptr<const search::Geocoder> index;
  };
  std::shared_ptr<const search::Geocoder> StopsOf(const std::string& tenant,
                                                  const SettingsCache::Entry& entry);

  Core* core_;
  const search::Geocoder* addresses_;
  absl::Mutex mutex_;
  std::map<std::string, Stops> stops_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stadtmesh::buergerbus
