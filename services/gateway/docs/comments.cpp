#include "gateway/docs/comments.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace stadtmesh::gateway {
namespace {

// Lines become one paragraph; what is before the example, and the example.
template <typename Declaration>
std::pair<std::string, std::string> Read(const Declaration& declaration) {
  google::protobuf::SourceLocation location;
  if (!declaration.GetSourceLocation(&location)) return {};
  std::string text =
      location.leading_comments.empty() ? location.trailing_comments : location.leading_comments;
  text = absl::StrReplaceAll(text, {{"\n\n", "\x01"}, {"\n ", " "}, {"\n", " "}});
  text = absl::StrReplaceAll(text, {{"\x01", "\n\n"}});
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits("Example: ", 1));
  return {std::string(absl::StripAsciiWhitespace(parts.first)),
          std::string(absl::StripAsciiWhitespace(parts.second))};
}

}  // namespace

template <typename Declaration>
std::string CommentOf(const Declaration& declaration) {
  return Read(declaration).first;
}

template <typename Declaration>
std::string ExampleOf(const Declaration& declaration) {
  return Read(declaration).second;
}

template std::string CommentOf(const google::protobuf::Descriptor&);
template std::string CommentOf(const google::protobuf::FieldDescriptor&);
template std::string CommentOf(const google::protobuf::EnumDescriptor&);
template std::string CommentOf(const google::protobuf::EnumValueDescriptor&);
template std::string CommentOf(const google::protobuf::MethodDescriptor&);
template std::string CommentOf(const google::protobuf::ServiceDescriptor&);
template std::string ExampleOf(const google::protobuf::Descriptor&);
template std::string ExampleOf(const google::protobuf::FieldDescriptor&);

}  // namespace stadtmesh::gateway
