#include "search/geocoder.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/error.h"
#include "base/status.h"
#include "search/candidates.h"
#include "search/document.h"
#include "search/ranking.h"

namespace stadtmesh::search {
namespace {

constexpr uint32_t kCandidates = 120;
constexpr double kNearWeight = 0.08;   // most that distance takes from a score
constexpr double kNearMetres = 5'000;  // at which half of it is taken
constexpr double kElsewhere = 0.8;     // of the score of what is not preferred
constexpr double kStopBonus = 0.005;   // among equals: stop, place, street, address
constexpr double kSamePlaceMetres = 1'000;

bool IsUsable(const Entry& entry) {
  const bool text = IsUtf8(entry.name) && IsUtf8(entry.city) && IsUtf8(entry.district) &&
                    IsUtf8(entry.postcode) && IsUtf8(entry.house_number) &&
                    std::all_of(entry.keywords.begin(), entry.keywords.end(), IsUtf8);
  const bool number = entry.kind != EntryKind::kAddress || !entry.house_number.empty();
  return text && number && IsValid(entry.location) && !Words(entry.name).empty();
}

// ", Weiler, 48727 Musterstadt"; the district only where it must tell two hits apart.
std::string Where(absl::string_view district, absl::string_view postcode, absl::string_view city) {
  std::string where = district.empty() ? "" : absl::StrCat(", ", district);
  if (!city.empty()) absl::StrAppend(&where, ", ", postcode, postcode.empty() ? "" : " ", city);
  return where;
}

Hit HouseHit(const Document& street, const House& house, double score) {
  return {.kind = EntryKind::kAddress,
          .id = house.id,
          .label = absl::StrCat(
              street.name, " ", house.number,
              Where(street.show_district ? house.district : "", house.postcode, street.city)),
          .location = house.location,
          .score = score};
}

Hit DocumentHit(const Document& document, double score) {
  const bool repeats = document.name == document.city;
  return {.kind = document.kind,
          .id = document.id,
          .label = absl::StrCat(document.name,
                                Where(document.show_district ? document.district : "",
                                      document.kind == EntryKind::kStreet ? "" : document.postcode,
                                      repeats ? "" : document.city)),
          .location = document.location,
          .score = score};
}

absl::Status Validate(const Query& query) {
  if (!IsUtf8(query.text)) return InvalidField("query", FieldReason::kInvalidUtf8);
  if (CharacterCount(query.text) > Geocoder::kMaxQueryCharacters) {
    return InvalidField("query", FieldReason::kTooLong,
                        absl::StrCat(Geocoder::kMaxQueryCharacters));
  }
  if (absl::StripAsciiWhitespace(query.text).empty())
    return InvalidField("query", FieldReason::kRequired);
  if (query.near && !IsValid(*query.near)) return InvalidField("near", FieldReason::kOutOfRange);
  if (query.limit < 1 || query.limit > Geocoder::kMaxLimit) {
    return InvalidField("limit", FieldReason::kOutOfRange,
                        absl::StrCat("1..", Geocoder::kMaxLimit));
  }
  return absl::OkStatus();
}

bool Wants(const Query& query, EntryKind kind) {
  return query.kinds.empty() ||
         std::find(query.kinds.begin(), query.kinds.end(), kind) != query.kinds.end();
}

double KindBonus(EntryKind kind) {
  switch (kind) {
    case EntryKind::kStop:
      return kStopBonus;
    case EntryKind::kPlace:
      return 2 * kStopBonus / 3;
    case EntryKind::kStreet:
      return kStopBonus / 3;
    case EntryKind::kAddress:
      return 0;
  }
  std::abort();
}

void AddHits(const Query& query, const ParsedQuery& parsed, const Document& document,
             std::vector<Hit>& hits) {
  const Answer answer = Match(parsed, document);
  if (answer.score < kLeastScore) return;
  const bool houses = !answer.houses.empty() && Wants(query, EntryKind::kAddress);
  if (!houses && Wants(query, document.kind)) hits.push_back(DocumentHit(document, answer.score));
  if (!houses) return;
  for (const HouseMatch& match : answer.houses)
    hits.push_back(HouseHit(document, *match.house, answer.score * match.factor));
}

void Weigh(const Query& query, Hit& hit) {
  hit.score = hit.score * (1 - kNearWeight) + KindBonus(hit.kind);
  if (query.near) {
    const double metres = DistanceMetres(*query.near, hit.location);
    hit.score += kNearWeight * 0.9 * kNearMetres / (kNearMetres + metres);
  }
}

void Sort(std::vector<Hit>& hits) {
  std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return a.score > b.score || (a.score == b.score && a.label < b.label);
  });
}

// Asks no more often than it must: whoever is asked may have to search a long border.
void Prefer(const Query& query, std::vector<Hit>& hits) {
  const auto limit = static_cast<size_t>(query.limit);
  if (!query.preferred || hits.empty()) return;
  const double least = kElsewhere * hits[std::min(limit, hits.size()) - 1].score;
  std::erase_if(hits, [&](const Hit& hit) { return hit.score < least; });
  for (Hit& hit : hits) hit.score *= query.preferred(hit.location) ? 1 : kElsewhere;
  Sort(hits);
}

// What reads like a better hit and lies by it is the same to people: a hamlet, and the street that
// has its name. What the caller tells apart by ids stays.
void DropRepeated(std::vector<Hit>& hits) {
  absl::flat_hash_map<std::string, std::vector<LatLon>> kept;
  const auto repeats = [&](const Hit& hit) {
    if (!hit.id.empty()) return false;
    std::vector<LatLon>& same = kept[hit.label];
    const bool near = std::any_of(same.begin(), same.end(), [&](const LatLon& other) {
      return DistanceMetres(other, hit.location) <= kSamePlaceMetres;
    });
    same.push_back(hit.location);
    return near;
  };
  hits.erase(std::remove_if(hits.begin(), hits.end(), repeats), hits.end());
}

}  // namespace

struct Geocoder::Impl {
  explicit Impl(std::vector<Document> all) : documents(std::move(all)), candidates(documents) {}
  std::vector<Document> documents;
  Candidates candidates;
  size_t entries = 0;
  size_t left_out = 0;
};

Geocoder::Geocoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Geocoder::~Geocoder() = default;
size_t Geocoder::entries() const { return impl_->entries; }
size_t Geocoder::entries_left_out() const { return impl_->left_out; }

std::unique_ptr<const Geocoder> Geocoder::Build(std::vector<Entry> entries) {
  const size_t given = entries.size();
  entries.erase(
      std::remove_if(entries.begin(), entries.end(), [](const Entry& e) { return !IsUsable(e); }),
      entries.end());
  const size_t used = entries.size();
  auto impl = std::make_unique<Impl>(MakeDocuments(std::move(entries)));
  impl->entries = used;
  impl->left_out = given - used;
  return std::unique_ptr<const Geocoder>(new Geocoder(std::move(impl)));
}

absl::StatusOr<std::vector<Hit>> Geocoder::Search(const Query& query) const {
  RETURN_IF_ERROR(Validate(query));
  const ParsedQuery parsed = ParseQuery(query.text);
  std::vector<Hit> hits;
  for (const uint32_t index : impl_->candidates.Find(parsed, kCandidates)) {
    AddHits(query, parsed, impl_->documents[index], hits);
  }
  for (Hit& hit : hits) Weigh(query, hit);
  Sort(hits);
  DropRepeated(hits);
  Prefer(query, hits);
  if (hits.size() > static_cast<size_t>(query.limit)) hits.resize(static_cast<size_t>(query.limit));
  return hits;
}

std::optional<Hit> Geocoder::NearestAddress(const LatLon& point, double max_metres) const {
  std::optional<Hit> best;
  double best_metres = max_metres;
  for (const Document& street : impl_->documents) {
    for (const House& house : street.houses) {
      // A cheap bound first: a degree of latitude is 111 km.
      if (std::abs(house.location.latitude - point.latitude) * 110'000 > best_metres) continue;
      const double metres = DistanceMetres(point, house.location);
      if (metres > best_metres) continue;
      best_metres = metres;
      best = HouseHit(street, house, 1);
    }
  }
  return best;
}

}  // namespace stadtmesh::search
