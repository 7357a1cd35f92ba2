#include "search/candidates.h"

#include <xapian.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "search/spelling.h"

namespace stadtmesh::search {
namespace {

// Terms are a prefix for where the word stands, and the word. Xapian allows 245 bytes.
constexpr absl::string_view kName = "N", kContext = "C", kJoined = "J";
constexpr size_t kMaxTerm = 200;
constexpr size_t kMaxExpansions = 48;

std::string Term(absl::string_view prefix, const Word& word) {
  return absl::StrCat(prefix, absl::string_view(word.plain).substr(0, kMaxTerm));
}

}  // namespace

// The distinct words of one place (names, context, joined names), to look for similar ones.
class Vocabulary {
 public:
  explicit Vocabulary(absl::string_view prefix) : prefix_(prefix) {}
  void Add(const Word& word) { words_.try_emplace(word.plain, word); }

  // The most similar words as weighted terms.
  void Expand(const Word& typed, double weight, std::vector<Xapian::Query>& queries) const {
    std::vector<std::pair<double, const Word*>> similar;
    for (const auto& [plain, word] : words_) {
      const double similarity = Similarity(typed, word);
      if (similarity > 0) similar.push_back({similarity, &word});
    }
    const auto middle =
        similar.begin() + static_cast<std::ptrdiff_t>(std::min(similar.size(), kMaxExpansions));
    std::partial_sort(similar.begin(), middle, similar.end(), [](const auto& a, const auto& b) {
      return a.first > b.first || (a.first == b.first && a.second->plain < b.second->plain);
    });
    for (auto entry = similar.begin(); entry != middle; ++entry) {
      const Xapian::Query term(Term(prefix_, *entry->second));
      queries.emplace_back(Xapian::Query::OP_SCALE_WEIGHT, term,
                           weight * entry->first * entry->first);
    }
  }

 private:
  absl::string_view prefix_;
  std::map<std::string, Word> words_;
};

struct Candidates::Impl {
  Vocabulary names{kName};
  Vocabulary contexts{kContext};
  Vocabulary joined{kJoined};
  mutable absl::Mutex mutex;
  Xapian::WritableDatabase database ABSL_GUARDED_BY(mutex);
};

Candidates::Candidates(const std::vector<Document>& documents) : impl_(std::make_unique<Impl>()) {
  absl::MutexLock lock(&impl_->mutex);
  impl_->database = Xapian::WritableDatabase(std::string(), Xapian::DB_BACKEND_INMEMORY);
  for (const Document& document : documents) {
    Xapian::Document terms;
    for (const Word& word : document.words) {
      impl_->names.Add(word);
      terms.add_term(Term(kName, word));
    }
    for (const Word& word : document.context) {
      impl_->contexts.Add(word);
      terms.add_term(Term(kContext, word));
    }
    impl_->joined.Add(document.joined);
    terms.add_term(Term(kJoined, document.joined));
    impl_->database.add_document(terms);
  }
}

Candidates::~Candidates() = default;

std::vector<uint32_t> Candidates::Find(const ParsedQuery& query, uint32_t most) const {
  std::vector<Xapian::Query> queries;
  for (const Word& word : query.words) {
    impl_->names.Expand(word, 1, queries);
    impl_->contexts.Expand(word, 0.2, queries);
  }
  for (size_t words = 1; words <= query.named.size(); ++words) {
    impl_->joined.Expand(Join(query.named, 0, words), static_cast<double>(words) + 1, queries);
  }
  // "1. Maistraße": the number that leads may begin the name.
  for (size_t words = 2; query.number_leads && words <= query.words.size(); ++words) {
    impl_->joined.Expand(Join(query.words, 0, words), static_cast<double>(words) + 1, queries);
  }
  std::vector<uint32_t> found;
  if (queries.empty()) return found;
  absl::MutexLock lock(&impl_->mutex);
  Xapian::Enquire enquire(impl_->database);
  // Rare words weigh more; how long a name is does not matter here.
  enquire.set_weighting_scheme(Xapian::BM25Weight(1, 0, 1, 0, 0.5));
  enquire.set_query(Xapian::Query(Xapian::Query::OP_OR, queries.begin(), queries.end()));
  const Xapian::MSet hits = enquire.get_mset(0, most);
  for (Xapian::MSetIterator hit = hits.begin(); hit != hits.end(); ++hit) found.push_back(*hit - 1);
  return found;
}

}  // namespace stadtmesh::search
