// Dead letters where production keeps them: in a store on a real Redis, one server for the whole
// test program.
#pragma once

#include <memory>
#include <string>

#include "events/dead_letters.h"
#include "store/redis_store.h"
#include "testing/redis_process.h"

namespace stadtmesh::events {

testing::RedisProcess& PlaceServer();
// A connection of its own, as a further replica would have. Aborts without one. `socket` instead of
// the server's: a proxy's.
std::unique_ptr<store::RedisStore> ConnectPlaceStore(const std::string& socket = "");
// An empty place.
std::shared_ptr<DeadLetters> MakeRedisPlace();

}  // namespace stadtmesh::events
