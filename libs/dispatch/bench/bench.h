// The parts of dispatch_bench.
#pragma once

#include <string>

namespace stadtmesh::dispatch::bench {

struct Options {
  std::string data = "../shared/data";  // the folder with darp/ and pdptw/
  int seeds = 10;
  double seconds = 0;  // 0: those of the table
  int threads = 1;
  std::string only;         // part of an instance's name
  bool until_best = false;  // a run ends as soon as it has the best known cost: shorter, and the
                            // same answer to "within the time?"
  // seconds of processor time instead of the wall's: for a machine with other work (all threads' /
  // threads)
  bool processor = false;
};

// Public instances against their best known costs.
void DialARide(const Options& options);       // Cordeau a/b: 10 s and 1 s
void DialARideLarge(const Options& options);  // Cordeau and Laporte R1a .. R5a: 60 s
void PickupDelivery(const Options& options);  // Li and Lim: 30 s

// Latency of single insertions into a made-up day, and the memory of the prepared plan.
void Insertions(int vehicles, int rides, int samples);

}  // namespace stadtmesh::dispatch::bench
