#include "make-town/town.h"

#include "make-town/plan.h"

namespace stadtmesh::make_town {

std::string MakeTown(const TownOptions& options) {
  Plan plan(options.seed);
  plan.town = options.name;
  plan.postcode = options.postcode;
  DrawTownStreets(plan);
  DrawCountryside(plan);
  PlaceHouses(plan);
  AddFeatures(plan);
  return plan.document.ToXml(options.latitude, options.longitude);
}

}  // namespace stadtmesh::make_town
