// A reader of a topic on Redis Streams without a group. Only for redis_streams_*.cpp.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "events/redis_streams_bus.h"
#include "events/stream_log.h"

namespace stadtmesh::events {

class StreamTail final : public Subscription {
 public:
  StreamTail(const RedisStreamsOptions& options, std::shared_ptr<StreamLog> log,
             const std::vector<int64_t>& next, TailFrom from,
             std::function<void(const Delivery&)> handler);
  ~StreamTail() override;
  void Stop() override;

 private:
  void Run();
  void CheckLog();

  redis::Client reader_;
  const std::shared_ptr<StreamLog> log_;
  const TailFrom from_;
  const std::function<void(const Delivery&)> handler_;
  std::map<int32_t, int64_t> next_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace stadtmesh::events
