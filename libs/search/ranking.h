// How well a document answers a query: the order of the hits. Internal; pure.
#pragma once

#include <vector>

#include "search/document.h"
#include "search/query.h"

namespace stadtmesh::search {

struct HouseMatch {
  const House* house = nullptr;
  double factor = 1;  // of the score
};

struct Answer {
  // 0 to 1. Exact words score above beginnings of words, these above forgiven spelling; a name
  // matched as a whole above one matched in part; the name above city and keywords. Below
  // kLeastScore it is no answer.
  double score = 0;
  // The houses that the query's number means: the exact one and (while the number may still be
  // unfinished) those it begins; without an exact one, the one with the nearest number too. Empty
  // without a number in the query, or where it is part of the name.
  std::vector<HouseMatch> houses;
};
Answer Match(const ParsedQuery& query, const Document& document);
inline constexpr double kLeastScore = 0.42;

}  // namespace stadtmesh::search
