// Picks from all documents the few worth ranking, by a Xapian index over the words and their
// forgiven spellings. Internal.
#pragma once

#include <memory>
#include <vector>

#include "search/document.h"
#include "search/query.h"

namespace stadtmesh::search {

class Candidates {
 public:
  // Keeps no reference to the documents.
  explicit Candidates(const std::vector<Document>& documents);
  ~Candidates();
  // Indexes of at most `most` documents, the most promising first. Thread-safe (Xapian is not:
  // queries of one index queue).
  std::vector<uint32_t> Find(const ParsedQuery& query, uint32_t most) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stadtmesh::search
