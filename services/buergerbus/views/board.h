// The live board: what every vehicle and ride of a day is doing, driven by the service's own
// events.
//
// A day is scanned from the store when somebody first looks at it and then follows the events.
// Events say what is, not what changed, and pass once and in order per aggregate: one that happened
// before the scan and comes after it is soon overtaken, and one that comes during the scan is
// applied again to what was found.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "buergerbus/repository.h"
#include "buergerbus/service/command.h"
#include "buergerbus/service/settings_cache.h"
#include "events/bus.h"
#include "events/watermark_filter.h"
#include "stadtmesh/buergerbus/v1/buergerbus.pb.h"
#include "stadtmesh/buergerbus/v1/events.pb.h"

namespace stadtmesh::buergerbus {

// Thread-safe. Holds no personal data.
class Board {
 public:
  // All outlive the board.
  Board(const Repository* repository, SettingsCache* settings, const Clock* clock)
      : repository_(repository), settings_(settings), clock_(clock) {}
  ~Board() { Stop(); }

  // Follows the service's events on `bus` from now on.
  absl::Status Start(events::Bus* bus);
  void Stop();

  // NOT_FOUND, reason NO_SERVICE.
  absl::StatusOr<v1::GetBoardResponse> Get(const Query& query, absl::CivilDay day);

  // Events were lost before they were seen: every day is read anew when somebody looks at it.
  void Forget();
  // What Start's subscription calls; for tests, too.
  void Apply(const events::Event& event);

 private:
  static constexpr size_t kMostDays = 64;  // of all tenants; the one unseen for longest goes

  struct State {
    std::map<std::string, v1::GetBoardResponse::BoardVehicle> vehicles;  // by tour id
    std::map<std::string, v1::GetBoardResponse::BoardRide> rides;
    absl::Time used_at;
  };
  using DayKey = std::pair<std::string, absl::CivilDay>;  // tenant, day

  absl::StatusOr<State> Scan(const Query& query, absl::CivilDay day);
  State* FindByTour(const std::string& tenant, const std::string& tour_id)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  v1::GetBoardResponse Render(State& state) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropOldest() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Dispatch(const events::Event& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  template <typename Message>
  bool Handle(const events::Event& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void Update(const std::string& tenant, const v1::TourPlanned& event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Update(const std::string& tenant, const v1::DelayReported& event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Update(const std::string& tenant, const v1::TourTakenOut& event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Update(const std::string& tenant, const v1::TourReturned& event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Update(const std::string& tenant, const v1::VehicleArrived& event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Update(const std::string& tenant, const v1::BreakTaken& event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Update(const std::string& tenant, const v1::ShiftEnded& event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetDelay(const std::string& tenant, const std::string& tour_id)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Update(const std::string& tenant, const v1::PositionReported& event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  template <typename RideEvent>
  void Update(const std::string& tenant, const RideEvent& event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Repository* repository_;
  SettingsCache* settings_;
  const Clock* clock_;
  std::unique_ptr<events::Subscription> subscription_;
  absl::Mutex mutex_;
  events::WatermarkFilter passed_ ABSL_GUARDED_BY(mutex_);
  std::map<DayKey, State> days_ ABSL_GUARDED_BY(mutex_);
  // What came while a day was scanned is applied again to what the scan found.
  int scans_ ABSL_GUARDED_BY(mutex_) = 0;
  int losses_ ABSL_GUARDED_BY(mutex_) = 0;  // calls of Forget
  std::vector<events::Event> during_scans_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stadtmesh::buergerbus
