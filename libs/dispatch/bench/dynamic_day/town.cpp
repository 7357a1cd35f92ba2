#include "town.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <queue>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace stadtmesh::dispatch::bench {
namespace {

// A table with a header line, read row by row.
class Table {
 public:
  explicit Table(const std::string& path) : path_(path), file_(path) {
    std::string line;
    if (std::getline(file_, line)) names_ = Split(line);
  }

  bool Next() {
    std::string line;
    ++row_;
    if (!std::getline(file_, line)) return false;
    values_ = Split(line);
    return true;
  }
  bool Has(const std::string& name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }
  std::string Text(const std::string& name) const {
    const size_t column = std::find(names_.begin(), names_.end(), name) - names_.begin();
    return column < values_.size() ? values_[column] : "";
  }
  // Notes the first value that is no number.
  double Number(const std::string& name) {
    double value = 0;
    if (!absl::SimpleAtod(Text(name), &value) && status_.ok()) {
      status_ = absl::InvalidArgumentError(
          absl::StrCat(path_, ": row ", row_, ": ", name, " is no number"));
    }
    return value;
  }
  absl::Status status() const {
    return names_.empty() ? absl::NotFoundError(absl::StrCat("cannot read ", path_)) : status_;
  }

 private:
  static std::vector<std::string> Split(const std::string& line) {
    return absl::StrSplit(absl::StripAsciiWhitespace(line), ',');
  }

  std::string path_;
  std::ifstream file_;
  std::vector<std::string> names_, values_;
  int row_ = 0;
  absl::Status status_;
};

using Node = int;
using Ways = std::vector<std::vector<std::pair<Node, Ticks>>>;

Ticks FromSeconds(double seconds) { return static_cast<Ticks>(seconds * kSecond + 0.5); }

// Dijkstra, by node.
std::vector<Ticks> Quickest(const Ways& ways, Node start) {
  std::vector<Ticks> reached(ways.size(), kUnreachable);
  using Entry = std::pair<Ticks, Node>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  queue.push({reached[start] = 0, start});
  while (!queue.empty()) {
    const auto [time, node] = queue.top();
    queue.pop();
    if (time > reached[node]) continue;
    for (const auto& [next, drive] : ways[node]) {
      if (time + drive >= reached[next]) continue;
      queue.push({reached[next] = time + drive, next});
    }
  }
  return reached;
}

absl::StatusOr<std::unique_ptr<const MatrixTravelTimes>> MakeMatrix(
    const Ways& ways, const std::vector<Node>& nodes) {
  std::vector<Ticks> matrix;
  for (const Node from : nodes) {
    if (from < 0 || static_cast<size_t>(from) >= ways.size())
      return absl::InvalidArgumentError(absl::StrCat("no road at node ", from));
    const std::vector<Ticks> reached = Quickest(ways, from);
    for (const Node to : nodes)
      matrix.push_back(static_cast<size_t>(to) < reached.size() ? reached[to] : kUnreachable);
  }
  return std::make_unique<const MatrixTravelTimes>(static_cast<int>(nodes.size()),
                                                   std::move(matrix));
}

}  // namespace

absl::StatusOr<Town> ReadTown(const std::string& folder, const std::string& stream) {
  Town town;
  std::vector<Node> nodes;
  std::map<Node, Place> places;
  const auto place = [&](double number) {
    const auto [entry, added] =
        places.emplace(static_cast<Node>(number), static_cast<Place>(nodes.size()));
    if (added) nodes.push_back(entry->first);
    return entry->second;
  };
  Table listed(folder + "/nodes.csv"), edges(folder + "/edges.csv"), wishes(stream);
  while (listed.Next()) {
    if (listed.Text("is_stop_only") == "True")
      town.stops.push_back(place(listed.Number("node_index")));
  }
  Ways ways;
  while (edges.Next()) {
    const Node from = static_cast<Node>(edges.Number("from_node")),
               to = static_cast<Node>(edges.Number("to_node"));
    if (from < 0 || to < 0) return absl::InvalidArgumentError("edges.csv: a node below 0");
    ways.resize(std::max<size_t>(ways.size(), std::max(from, to) + 1));
    ways[from].emplace_back(to, FromSeconds(edges.Number("travel_time")));
  }
  while (wishes.Next()) {
    Wish wish{.asked = FromSeconds(wishes.Number("rq_time"))};
    wish.earliest = wishes.Has("earliest_pickup_time")
                        ? FromSeconds(wishes.Number("earliest_pickup_time"))
                        : wish.asked;
    wish.from = place(wishes.Number("start"));
    wish.to = place(wishes.Number("end"));
    town.wishes.push_back(wish);
  }
  for (const Table* table : {&listed, &edges, &wishes}) {
    if (!table->status().ok()) return table->status();
  }
  std::stable_sort(town.wishes.begin(), town.wishes.end(),
                   [](const Wish& a, const Wish& b) { return a.asked < b.asked; });
  ASSIGN_OR_RETURN(town.travel, MakeMatrix(ways, nodes));
  return town;
}

std::vector<Place> StartPlaces(const Town& town, int fleet) {
  std::vector<Place> starts;
  std::vector<Ticks> nearest(town.stops.size(), kUnreachable);
  for (int k = 0; k < fleet; ++k) {
    Place best = town.stops.front();
    double least = 1e300;
    for (const Place candidate : town.stops) {
      double sum = 0;
      for (size_t i = 0; i < nearest.size(); ++i) {
        sum += ToSeconds(std::min(nearest[i], town.travel->Between(candidate, town.stops[i], 0)));
      }
      if (sum < least) least = sum, best = candidate;
    }
    starts.push_back(best);
    for (size_t i = 0; i < nearest.size(); ++i) {
      nearest[i] = std::min(nearest[i], town.travel->Between(best, town.stops[i], 0));
    }
    // Once every stop has its vehicle, the next round begins.
    if (std::all_of(nearest.begin(), nearest.end(), [](Ticks time) { return time == 0; })) {
      nearest.assign(nearest.size(), kUnreachable);
    }
  }
  return starts;
}

}  // namespace stadtmesh::dispatch::bench
