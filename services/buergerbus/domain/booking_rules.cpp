#include "buergerbus/domain/booking_rules.h"

#include "base/time.h"

namespace stadtmesh::buergerbus {

absl::Time BookableUntil(const Notice& notice, absl::CivilDay service_day, absl::Time pickup) {
  if (const auto* ahead = std::get_if<NoticeAhead>(&notice)) return pickup - ahead->duration;
  return BerlinTime(service_day - 1, std::get<NoticeDayBefore>(notice).by);
}

}  // namespace stadtmesh::buergerbus
