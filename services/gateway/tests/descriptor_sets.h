// The tree's contracts and the tests' own, as the gateway sees them: from descriptor sets, not from
// linked code.
#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <vector>

namespace stadtmesh::gateway {

// The bytes of <build>/stadtmesh.protoset merged with the tests' set.
std::string TestDescriptorSet();
std::unique_ptr<google::protobuf::DescriptorPool> TestPool();

// Every message of package stadtmesh.*, nested ones included, map entries not.
std::vector<const google::protobuf::Descriptor*> StadtmeshMessages(
    const google::protobuf::DescriptorPool& pool);

}  // namespace stadtmesh::gateway
