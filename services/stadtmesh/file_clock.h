// A clock that another process turns: tools/simulate drives a day in minutes.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/time.h"

namespace stadtmesh::town {

// Reads nanoseconds since 1970 (8 bytes, little-endian) from a file that is mapped into memory, so
// that every call sees the last value written. Thread-safe.
class FileClock final : public Clock {
 public:
  // INVALID_ARGUMENT when the file cannot be mapped or is shorter than 8 bytes.
  static absl::StatusOr<std::unique_ptr<FileClock>> Open(const std::string& path);
  ~FileClock() override;
  absl::Time Now() const override;

 private:
  explicit FileClock(void* mapped) : mapped_(mapped) {}
  void* mapped_;
};

}  // namespace stadtmesh::town
