// Numbers that look random and are the same on every machine (SplitMix64, Steele, Lea, Flood 2014).
// The standard library's distributions are not used: they differ between implementations.
#pragma once

#include <cstdint>

namespace stadtmesh::make_town {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // Uniform in [0, 1), a multiple of 2^-32.
  double Unit() { return static_cast<double>(Next() >> 32) / 4294967296.0; }
  double Between(double low, double high) { return low + (high - low) * Unit(); }
  int Below(int bound) { return static_cast<int>(Next() % static_cast<uint64_t>(bound)); }
  bool Chance(double probability) { return Unit() < probability; }

 private:
  uint64_t state_;
};

}  // namespace stadtmesh::make_town
