#include "search/spelling.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace stadtmesh::search {
namespace {

// The textbook recurrence over the whole table.
int SlowDistance(const std::string& a, const std::string& b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = static_cast<int>(i + j);
        continue;
      }
      d[i][j] = std::min(
          {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

rc::Gen<std::string> ShortWord() {
  return rc::gen::container<std::string>(rc::gen::elementOf(std::string("abc")));
}

RC_GTEST_PROP(EditDistances, AgreeWithTheWholeTable, ()) {
  const std::string a = *ShortWord(), b = *ShortWord();
  const int limit = *rc::gen::inRange(1, 4);
  RC_PRE(a.size() <= 60 && b.size() <= 60);
  const Distances distances = EditDistances(a, b, limit);
  RC_ASSERT(distances.whole == std::min(SlowDistance(a, b), limit + 1));
  int prefix = limit + 1;
  for (size_t length = 0; length <= b.size(); ++length) {
    prefix = std::min(prefix, SlowDistance(a, b.substr(0, length)));
  }
  RC_ASSERT(distances.prefix == prefix);
}

TEST(Similarity, PrefersExactThenBeginningThenSpelling) {
  const double exact = Similarity("markt", "markt");
  const double begun = Similarity("mark", "marktplatz");
  const double misspelled = Similarity("makrt", "markt");
  EXPECT_EQ(exact, 1);
  EXPECT_GT(exact, begun);
  EXPECT_GT(begun, misspelled);
  EXPECT_GT(misspelled, 0);
  EXPECT_EQ(Similarity("am", "im"), 0);
  EXPECT_EQ(Similarity("markt", "kirche"), 0);
}

RC_GTEST_PROP(Similarity, StaysBetweenNoneAndFull, ()) {
  const double similarity = Similarity(*ShortWord(), *ShortWord());
  RC_ASSERT(similarity >= 0 && similarity <= 1);
}

}  // namespace
}  // namespace stadtmesh::search
