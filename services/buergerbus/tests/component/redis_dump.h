// Everything a Redis holds for good, as text to search in: what no repository would show.
#pragma once

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "testing/redis_process.h"

namespace stadtmesh::buergerbus {

class RedisDump {
 public:
  explicit RedisDump(const testing::RedisProcess& redis)
      : context_(redisConnectUnix(redis.socket().c_str()), redisFree) {}

  // Keys, values, members, fields and tasks; without what expires by itself and without the outbox,
  // which the relay empties.
  std::string All() {
    std::string all;
    for (const std::string& key : Texts({"KEYS", "*"})) {
      const std::string type = Texts({"TYPE", key}).front();
      if (type == "stream" || Number({"PTTL", key}) >= 0) continue;
      absl::StrAppend(&all, key, "\n");
      const std::vector<std::string> command =
          type == "string" ? std::vector<std::string>{"GET", key}
          : type == "hash" ? std::vector<std::string>{"HGETALL", key}
                           : std::vector<std::string>{"ZRANGE", key, "0", "-1"};
      for (const std::string& text : Texts(command)) absl::StrAppend(&all, text, "\n");
    }
    return all;
  }

 private:
  using Reply = std::unique_ptr<redisReply, void (*)(void*)>;

  Reply Call(const std::vector<std::string>& command) {
    std::vector<const char*> words;
    std::vector<size_t> sizes;
    for (const std::string& word : command) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    void* reply = redisCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(),
                                   sizes.data());
    if (reply == nullptr) ADD_FAILURE() << context_->errstr;
    return {static_cast<redisReply*>(reply), freeReplyObject};
  }
  std::vector<std::string> Texts(const std::vector<std::string>& command) {
    const Reply reply = Call(command);
    if (reply->type != REDIS_REPLY_ARRAY) return {std::string(reply->str, reply->len)};
    std::vector<std::string> texts;
    for (size_t i = 0; i < reply->elements; ++i)
      texts.emplace_back(reply->element[i]->str, reply->element[i]->len);
    return texts;
  }
  int64_t Number(const std::vector<std::string>& command) { return Call(command)->integer; }

  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
};

}  // namespace stadtmesh::buergerbus
