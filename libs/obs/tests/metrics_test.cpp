#include "obs/metrics.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace stadtmesh::obs {
namespace {

using ::testing::HasSubstr;

std::string HttpGet(int port, const std::string& path) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(write(socket, request.data(), request.size()), static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t n; (n = read(socket, buffer, sizeof(buffer))) > 0;)
    answer.append(buffer, static_cast<size_t>(n));
  close(socket);
  return answer;
}

TEST(Metrics, AreCountedAndServed) {
  Metrics metrics;
  Counter rides = metrics.AddCounter("stadtmesh_rides_total", "Rides.", {{"kind", "door"}});
  rides.Add();
  metrics.AddCounter("stadtmesh_rides_total", "Rides.", {{"kind", "door"}}).Add(2);
  metrics.AddGauge("stadtmesh_queue", "Waiting.").Set(7);
  metrics.AddHistogram("stadtmesh_request_seconds", "Time.", {}, LatencyBuckets()).Observe(0.003);
  EXPECT_EQ(rides.Value(), 3);
  const auto server = MetricsServer::Start(metrics, "127.0.0.1:0");
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string text = HttpGet((*server)->port(), "/metrics");
  EXPECT_THAT(text, HasSubstr("stadtmesh_rides_total{kind=\"door\"} 3"));
  EXPECT_THAT(text, HasSubstr("stadtmesh_queue 7"));
  EXPECT_THAT(text, HasSubstr("stadtmesh_request_seconds_bucket{le=\"0.005\"} 1"));
}

TEST(Metrics, APortThatIsTakenIsAnError) {
  Metrics metrics;
  const auto first = MetricsServer::Start(metrics, "127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(MetricsServer::Start(metrics, absl::StrCat("127.0.0.1:", (*first)->port())).ok());
}

TEST(MetricsDeathTest, NamesOutsideOfTheSchemaStopTheProcess) {
  Metrics metrics;
  EXPECT_DEATH(metrics.AddCounter("rides_total", ""), "stadtmesh_");
  EXPECT_DEATH(metrics.AddCounter("stadtmesh_rides", ""), "_total");
  EXPECT_DEATH(metrics.AddGauge("stadtmesh_rides_total", ""), "_total");
  metrics.AddGauge("stadtmesh_x", "");
  EXPECT_DEATH(metrics.AddHistogram("stadtmesh_x", "", {}, {1}), "type");
}

}  // namespace
}  // namespace stadtmesh::obs
