// House numbers along the streets: odd on the left, even on the right, growing away from where a
// street begins.
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "make-town/plan.h"

namespace stadtmesh::make_town {
namespace {

constexpr double kClearOfJunction = 14;  // metres

// The next number on one side of a street, and how many houses share the one before ("7a", "7b").
struct Side {
  int next = 0;
  int shared = 0;
};
struct Numbers {
  Side odd{1};
  Side even{2};
};

class Houses {
 public:
  explicit Houses(Plan& plan) : plan_(plan) {}

  void PlaceAlong(const Frontage& frontage) {
    double next_left = 0.6 * frontage.spacing, next_right = 0.9 * frontage.spacing, walked = 0;
    for (size_t i = 1; i < frontage.nodes.size(); ++i) {
      const Point a = plan_.document.node(frontage.nodes[i - 1]).at,
                  b = plan_.document.node(frontage.nodes[i]).at;
      const double length = Length(b - a);
      while (next_left < walked + length || next_right < walked + length) {
        const bool left = next_left <= next_right;
        double& next = left ? next_left : next_right;
        if (next >= walked + length) break;
        const Point at = Between(a, b, (next - walked) / length);
        Place(frontage, at, (left ? 1 : -1) / length * Point{a.y - b.y, b.x - a.x}, left);
        next += frontage.spacing * plan_.random.Between(0.8, 1.25);
      }
      walked += length;
    }
  }

 private:
  bool NearJunction(Point at) const {
    for (const Point& junction : plan_.junctions) {
      if (Length(junction - at) < kClearOfJunction) return true;
    }
    return false;
  }

  void Place(const Frontage& frontage, Point at, Point side, bool left) {
    if (NearJunction(at)) return;
    Numbers& numbers = numbers_[{frontage.suburb, frontage.street}];
    Side& numbering = left ? numbers.odd : numbers.even;
    // Some are built between two others later.
    const bool between = numbering.next > 2 && numbering.shared < 5 && plan_.random.Chance(0.03);
    const std::string text =
        between ? absl::StrCat(numbering.next - 2,
                               std::string(1, static_cast<char>('a' + numbering.shared)))
                : absl::StrCat(numbering.next);
    numbering.shared = between ? numbering.shared + 1 : 0;
    if (!between) numbering.next += 2;
    const Point house = at + frontage.setback * plan_.random.Between(0.8, 1.3) * side;
    Tags tags = {{"addr:street", frontage.street},
                 {"addr:housenumber", text},
                 {"addr:postcode", plan_.postcode},
                 {"addr:city", plan_.town}};
    if (!frontage.suburb.empty()) tags.push_back({"addr:suburb", frontage.suburb});
    plan_.document.AddNode(house, std::move(tags));
  }

  Plan& plan_;
  std::map<std::pair<std::string, std::string>, Numbers> numbers_;
};

}  // namespace

void PlaceHouses(Plan& plan) {
  Houses houses(plan);
  for (const Frontage& frontage : plan.frontages) houses.PlaceAlong(frontage);
}

}  // namespace stadtmesh::make_town
