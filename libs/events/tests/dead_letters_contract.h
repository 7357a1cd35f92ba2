// What every place for dead letters must do; dead_letters_contract.cpp runs the same tests on each.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "events/dead_letters.h"
#include "events/tests/samples.h"
#include "gtest/gtest.h"

namespace stadtmesh::events {

struct PlaceParameter {
  std::string name;
  std::function<std::shared_ptr<DeadLetters>()> make;  // an empty place
  friend void PrintTo(const PlaceParameter& parameter, std::ostream* out) {
    *out << parameter.name;
  }
};

class DeadLettersContract : public ::testing::TestWithParam<PlaceParameter> {
 protected:
  // Of the letters behind key_, in the order of a replay.
  std::vector<uint64_t> Numbers();

  const std::shared_ptr<DeadLetters> place_ = GetParam().make();
  DeadLetters& letters_ = *place_;
  const AggregateKey key_ = KeyOf(SampleEvent("a", 1));
};

}  // namespace stadtmesh::events
