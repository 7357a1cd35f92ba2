#include "gateway/tests/descriptor_sets.h"

#include <google/protobuf/descriptor.pb.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace stadtmesh::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptorSet;

FileDescriptorSet ReadSet(const char* path) {
  std::ifstream file(path, std::ios::binary);
  FileDescriptorSet set;
  if (!file || !set.ParseFromIstream(&file)) std::abort();
  return set;
}

FileDescriptorSet MergedSet() {
  FileDescriptorSet merged;
  std::set<std::string> names;
  for (const char* path : {STADTMESH_PROTOSET, STADTMESH_TEST_PROTOSET}) {
    const FileDescriptorSet set = ReadSet(path);
    for (const auto& file : set.file()) {
      if (names.insert(file.name()).second) *merged.add_file() = file;
    }
  }
  return merged;
}

void AddMessages(const Descriptor* descriptor, std::vector<const Descriptor*>& out) {
  if (!descriptor->options().map_entry()) out.push_back(descriptor);
  for (int i = 0; i < descriptor->nested_type_count(); ++i)
    AddMessages(descriptor->nested_type(i), out);
}

}  // namespace

std::string TestDescriptorSet() { return MergedSet().SerializeAsString(); }

std::unique_ptr<google::protobuf::DescriptorPool> TestPool() {
  auto pool = std::make_unique<google::protobuf::DescriptorPool>();
  const FileDescriptorSet set = MergedSet();
  for (const auto& file : set.file()) {
    if (pool->BuildFile(file) == nullptr) std::abort();
  }
  return pool;
}

std::vector<const Descriptor*> StadtmeshMessages(const google::protobuf::DescriptorPool& pool) {
  std::vector<const Descriptor*> messages;
  const FileDescriptorSet set = MergedSet();
  for (const auto& file : set.file()) {
    if (file.package().rfind("stadtmesh.", 0) != 0) continue;
    const auto* descriptor = pool.FindFileByName(file.name());
    for (int i = 0; i < descriptor->message_type_count(); ++i)
      AddMessages(descriptor->message_type(i), messages);
  }
  return messages;
}

}  // namespace stadtmesh::gateway
