#include "dispatch/io/instance.h"
namespace stadtmesh::dispatch::io {
absl::StatusOr<Instance> ReadJson(absl::string_view) { return absl::UnimplementedError("later"); }
}
