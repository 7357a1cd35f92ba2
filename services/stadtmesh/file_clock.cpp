#include "stadtmesh/file_clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace stadtmesh::town {

absl::StatusOr<std::unique_ptr<FileClock>> FileClock::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat information {};
  if (descriptor < 0 || fstat(descriptor, &information) != 0 || information.st_size < 8) {
    if (descriptor >= 0) close(descriptor);
    return absl::InvalidArgumentError(
        absl::StrCat("--clock ", path, ": should be a readable file of 8 bytes"));
  }
  void* const mapped = mmap(nullptr, 8, PROT_READ, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (mapped == MAP_FAILED)
    return absl::InvalidArgumentError(absl::StrCat("--clock ", path, ": cannot be mapped"));
  return std::unique_ptr<FileClock>(new FileClock(mapped));
}

FileClock::~FileClock() { munmap(mapped_, 8); }

absl::Time FileClock::Now() const {
  // The writer stores 8 aligned bytes at once; atomic_ref keeps the compiler from reading them in
  // parts.
  return absl::FromUnixNanos(
      std::atomic_ref<int64_t>(*static_cast<int64_t*>(mapped_)).load(std::memory_order_acquire));
}

}  // namespace stadtmesh::town
