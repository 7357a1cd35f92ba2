// What the contract suite runs on.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "store/store.h"
#include "testing/wait_until.h"

namespace stadtmesh::store {

inline constexpr int64_t kTestOutboxLimit = 400;

// "fake", "redis" (one server) or "cluster" (three nodes; one server or cluster for the whole test
// program). Aborts when it cannot be made.
std::unique_ptr<Store> MakeBackend(const std::string& name);

// A scope that no other test uses.
Scope FreshScope();

using testing::Soon;

// A reply identity with a key of its own.
ReplyIdentity FreshReply();

}  // namespace stadtmesh::store
