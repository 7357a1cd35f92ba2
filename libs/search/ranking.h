// How well a document answers a query: the order of the hits. Internal; pure.
#pragma once

#include <vector>

#include "search/document.h"

namespace stadtmesh::search {

// 0 to 1. Exact words score above beginnings of words, these above forgiven spelling; a name
// matched as a whole above one matched in part; the name above city and keywords. Below kLeastScore
// it is no answer.
double TextScore(const ParsedQuery& query, const Document& document);
inline constexpr double kLeastScore = 0.42;

struct HouseMatch {
  const House* house = nullptr;
  double factor = 1;
};
// The houses that the query's number means: the exact one first, then (while the number may still
// be unfinished) those it begins. Empty without a number in the query.
std::vector<HouseMatch> MatchHouses(const ParsedQuery& query, const Document& street);

}  // namespace stadtmesh::search
