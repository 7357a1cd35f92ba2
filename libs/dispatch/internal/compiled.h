// The problem as the planner sees it: visits in one array, windows tightened, travel times in a
// small dense matrix where one fits.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace stadtmesh::dispatch::internal {

using NodeId = int32_t;

enum class NodeKind : uint8_t { kPickup, kDropoff, kBreak, kStart, kEnd };

// What feasibility needs of a visit.
struct VisitFacts {
  Ticks earliest = 0, latest = kForever;  // tightened by the other end of the request
  Ticks service = 0;
  Ticks max_ride = kForever;  // of a request with both ends; kForever: not watched
  Place place = 0;            // -1: wherever the vehicle is (breaks; ends of open tours)
  int32_t owner = -1;         // request; or vehicle, for start and end; or break's index
  NodeKind kind = NodeKind::kPickup;
};

struct Node : VisitFacts {
  TimeWindow window;  // as given
};

// What the planner keeps of a request besides its nodes.
struct RequestFacts {
  Load load{};
  uint64_t traits = 0, repels = 0, skills = 0;
  double refusal = 0;  // price of refusing, weighted
  bool mandatory = false;
  bool has_pickup = false, has_dropoff = false;
  bool watched = false;  // has both ends and a ride limit
  int32_t aboard = -1;   // the vehicle that has picked it up already
};

struct CompiledRequest {
  RequestFacts facts;
  Node pickup, dropoff;
};

// A rider on board whose ride is limited, seen from the present stop: the latest instant at which
// the ride may end when service here begins as early as possible (`bound`), and when it begins as
// late as everything so far allows (`cap`).
struct Tracked {
  int32_t request = 0;  // -1: the vehicle itself, for its longest tour
  Ticks bound = 0, cap = 0;
};

struct VehicleFacts {
  NodeId start = 0, end = 0;
  std::vector<NodeId> breaks;
  std::vector<Load> rooms;
  Load on_board{};  // from driven pick-ups
  uint64_t skills = 0;
  Ticks max_duration = kForever;
  double shift_seconds = 1;
  std::vector<Tracked> boarded;  // driven pick-ups with a ride limit, and the tour when begun
  struct Riding {
    int32_t request = 0;
    Ticks boarded = 0;  // when boarding ended
  };
  std::vector<Riding> riding;       // driven pick-ups, all
  std::vector<int32_t> served;      // by driven stops, completely
  int driven = 0;                   // stops
  std::vector<StopTimes> begun_at;  // of the driven stops
  int locked = 0;                   // of the stops not driven, so many stay first
  int driven_breaks = 0;
  bool free_breaks = false;  // has breaks that are neither driven nor locked
  bool begun = false;        // drives in any case
  bool limited = false;      // watches its duration
};

class Compiled {
 public:
  // Copies what it needs, except `problem.travel`. `plan` supplies the driven stops
  // (Progress::begun); it may be null when no vehicle has any. With `dense`, travel times are
  // copied into a matrix where that is worth its price: for searches, not for one insertion.
  Compiled(const Problem& problem, const Plan* plan, bool dense);

  // Puts a request into slot `r` (present or beyond the last).
  void SetRequest(int r, const CompiledRequest& request);
  // Makes a request ready for slot `r`.
  CompiledRequest Compile(int r, const Request& request) const;

  // Takes over vehicle `v` of `other`, of which this is a copy, with its own limits loosened by
  // these amounts.
  void Loosen(const Compiled& other, int v, Ticks shift, Ticks duration, Ticks breaks);

  // Narrows the windows at one end of a request by what the other says. Implied by the limits: no
  // answer is lost.
  void Tighten(CompiledRequest& request) const;

  NodeId PickupNode(int r) const { return 2 * r; }
  NodeId DropoffNode(int r) const { return 2 * r + 1; }
  const Node& node(NodeId id) const {
    if (id < 0) return others_[-id - 1];
    return (id & 1) != 0 ? requests_[id >> 1].dropoff : requests_[id >> 1].pickup;
  }
  const CompiledRequest& compiled(int r) const { return requests_[r]; }
  const RequestFacts& request(int r) const { return requests_[r].facts; }
  const VehicleFacts& vehicle(int v) const { return vehicles_[v]; }
  int requests() const { return static_cast<int>(requests_.size()); }
  int vehicles() const { return static_cast<int>(vehicles_.size()); }
  const Weights& weights() const { return weights_; }
  // The same facts, except for who and where exactly: what one can do now the other can too.
  int vehicle_class(int v) const { return classes_[v]; }
  bool has_company() const { return has_company_; }  // traits or skills matter somewhere
  bool time_dependent() const { return time_dependent_; }
  const TravelTimes& travel() const { return *travel_; }

  // A lower bound of the travel time; exact unless time_dependent().
  Ticks Travel(Place from, Place to) const {
    if (narrow_ != nullptr) return narrow_[static_cast<size_t>(from) * places_ + to];
    return matrix_ == nullptr ? travel_->AtLeast(from, to)
                              : matrix_[static_cast<size_t>(from) * places_ + to];
  }
  // The same. Quicker where many travel times to the same place are read in turn: they lie side by
  // side.
  Ticks TravelTo(Place to, Place from) const {
    return towards_ != nullptr ? towards_[static_cast<size_t>(to) * places_ + from]
                               : Travel(from, to);
  }
  Ticks Travel(Place from, Place to, Ticks departure) const {
    return time_dependent_ ? travel_->Between(from, to, departure) : Travel(from, to);
  }

  // True when `load` and `more` fit a configuration of vehicle `v`.
  bool Fits(int v, const Load& load, const Load& more) const {
    for (const Load& room : vehicles_[v].rooms) {
      bool fits = true;
      for (int d = 0; d < kDimensions; ++d) fits &= load[d] + more[d] <= room[d];
      if (fits) return true;
    }
    return false;
  }
  bool has_one_sided() const { return has_one_sided_; }  // requests with one visit only

 private:
  void CopyTravel(size_t visits);
  void NarrowTravel();
  void AddVehicle(const Problem& problem, int v, const Plan* plan);
  void AddDriven(const Problem& problem, int v, const Route& route);
  NodeId AddOther(const Node& node);
  void Classify(const Problem& problem);
  void Note(const CompiledRequest& request);

  const TravelTimes* travel_;
  bool time_dependent_;
  Weights weights_;
  std::vector<CompiledRequest> requests_;
  std::vector<Node> others_;  // starts, ends, breaks: ids -1, -2, ...
  std::vector<VehicleFacts> vehicles_;
  const Ticks* matrix_ = nullptr;  // the oracle's, or the copy below
  std::shared_ptr<const std::vector<Ticks>> copied_;
  // Where every travel time has room in 32 bits (71 minutes): half of the memory to read, the most
  // of what a search waits for.
  const uint32_t* narrow_ = nullptr;  // by departure
  // by arrival; the same where there and back take equally long
  const uint32_t* towards_ = nullptr;
  std::shared_ptr<const std::vector<uint32_t>> narrow_copy_, towards_copy_;
  std::vector<int> classes_;
  bool has_company_ = false, has_one_sided_ = false;
  int places_ = 0;
};

}  // namespace stadtmesh::dispatch::internal
