// Sorted and geographical indexes.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "contract.h"

namespace stadtmesh::store {

TEST_P(StoreContract, AnIndexIsReadByScoreInBothDirections) {
  Transaction transaction(FreshReply());
  for (int i = 0; i < 5; ++i) transaction.IndexPut("index", absl::StrCat("m", i), i + 0.5);
  ASSERT_TRUE(Commit(transaction).ok());
  EXPECT_THAT(Members({}), ElementsAre("m0", "m1", "m2", "m3", "m4"));
  EXPECT_THAT(Members({.min = 1.5, .max = 3.5}), ElementsAre("m1", "m2", "m3"));
  EXPECT_THAT(Members({.max = 3.5, .descending = true, .limit = 2}), ElementsAre("m3", "m2"));
  EXPECT_THAT(Members({.after = Scored{"m1", 1.5}, .limit = 2}), ElementsAre("m2", "m3"));
  EXPECT_THAT(Members({.max = 2.5, .after = Scored{"m0", 0.5}}), ElementsAre("m1", "m2"));
  EXPECT_THAT(Members({.min = 2, .after = Scored{"m0", 0.5}, .limit = 1}), ElementsAre("m2"));
  EXPECT_THAT(Members({.min = 1, .after = Scored{"m3", 3.5}, .descending = true}),
              ElementsAre("m2", "m1"));
  EXPECT_THAT(Members({.max = 1.5, .after = Scored{"m3", 3.5}, .descending = true, .limit = 1}),
              ElementsAre("m1"));
  EXPECT_THAT(Members({.after = Scored{"m4", 4.5}}), IsEmpty());
  EXPECT_THAT(Members({.after = Scored{"m0", 0.5}, .descending = true}), IsEmpty());
}

TEST_P(StoreContract, PagesOverEqualScoresMissAndRepeatNothing) {
  constexpr int kMembers = 97;
  Transaction transaction(FreshReply());
  for (int i = 0; i < kMembers; ++i)
    transaction.IndexPut("index", absl::StrCat("m\xC3\xA4", i), i % 3);
  ASSERT_TRUE(Commit(transaction).ok());
  for (const bool descending : {false, true}) {
    std::vector<std::pair<double, std::string>> seen;
    Range range{.descending = descending, .limit = 10};
    while (true) {
      const auto page = *store_->IndexRange(scope_, "index", range, Soon());
      if (page.empty()) break;
      for (const Scored& entry : page) seen.emplace_back(entry.score, entry.member);
      range.after = page.back();
    }
    if (descending) std::reverse(seen.begin(), seen.end());
    EXPECT_EQ(seen.size(), kMembers);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), kMembers);
  }
}

TEST_P(StoreContract, APageContinuesBehindAnEntryThatIsGone) {
  Transaction transaction(FreshReply());
  for (const char* member : {"a", "c", "e"}) transaction.IndexPut("index", member, 1);
  ASSERT_TRUE(Commit(transaction).ok());
  EXPECT_THAT(Members({.after = Scored{"b", 1}}), ElementsAre("c", "e"));
  EXPECT_THAT(Members({.after = Scored{"d", 1}, .descending = true}), ElementsAre("c", "a"));
}

TEST_P(StoreContract, AnIndexEntryMovesAndGoes) {
  Transaction transaction(FreshReply());
  transaction.IndexPut("index", "a", 1);
  transaction.IndexPut("index", "b", 2);
  transaction.IndexPut("index", "a", 3);
  transaction.IndexRemove("index", "nobody");
  ASSERT_TRUE(Commit(transaction).ok());
  EXPECT_THAT(Members({}), ElementsAre("b", "a"));
  Transaction remove(FreshReply());
  remove.IndexRemove("index", "b");
  ASSERT_TRUE(Commit(remove).ok());
  EXPECT_THAT(Members({}), ElementsAre("a"));
  EXPECT_EQ(*store_->IndexCount(scope_, "index", Soon()), 1);
}

TEST_P(StoreContract, AGeoIndexFindsTheNearestFirst) {
  Transaction transaction(FreshReply());
  transaction.GeoPut("geo", "station", {51.9060, 8.3786});
  transaction.GeoPut("geo", "market", {51.9070, 8.3800});
  transaction.GeoPut("geo", "bielefeld", {52.0302, 8.5325});
  ASSERT_TRUE(Commit(transaction).ok());
  const auto near = *store_->GeoSearch(scope_, "geo", {51.9071, 8.3801}, 1000, 10, Soon());
  ASSERT_THAT(near, SizeIs(2));
  EXPECT_EQ(near[0].member, "market");
  EXPECT_EQ(near[1].member, "station");
  EXPECT_NEAR(near[1].score, DistanceMetres({51.9060, 8.3786}, {51.9071, 8.3801}), 2);
  EXPECT_THAT(*store_->GeoSearch(scope_, "geo", {51.9071, 8.3801}, 50'000, 1, Soon()), SizeIs(1));
  Transaction remove(FreshReply());
  remove.IndexRemove("geo", "market");
  remove.GeoPut("geo", "station", {48.137, 11.575});
  ASSERT_TRUE(Commit(remove).ok());
  EXPECT_THAT(*store_->GeoSearch(scope_, "geo", {51.9071, 8.3801}, 1000, 10, Soon()), IsEmpty());
}

}  // namespace stadtmesh::store
