// Dead letters in memory, and in the store of unit tests.
#include "events/memory_dead_letters.h"
#include "events/store_dead_letters.h"
#include "events/tests/dead_letters_contract.h"
#include "testing/fake_store.h"

namespace stadtmesh::events {
namespace {

const SystemClock kClock;

std::shared_ptr<DeadLetters> InFakeStore() {
  struct Both {
    testing::FakeStore store{kClock};
    StoreDeadLetters letters{&store, "chatbot"};
  };
  auto both = std::make_shared<Both>();
  return std::shared_ptr<DeadLetters>(both, &both->letters);
}

INSTANTIATE_TEST_SUITE_P(
    Places, DeadLettersContract,
    ::testing::Values(PlaceParameter{"Memory",
                                     [] { return std::make_shared<MemoryDeadLetters>(); }},
                      PlaceParameter{"FakeStore", InFakeStore}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace stadtmesh::events
