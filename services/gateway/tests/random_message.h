// Random messages of any type, by reflection, for the transcoder's oracle.
#pragma once

#include <google/protobuf/message.h>

#include <random>

namespace stadtmesh::gateway {

// Fills `message` with random values that protobuf's JSON can express: valid UTF-8, timestamps and
// durations in range, known enum numbers.
void FillRandom(google::protobuf::Message& message, std::mt19937_64& random, int depth = 3);

}  // namespace stadtmesh::gateway
