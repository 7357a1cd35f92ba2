#include "gateway/http/connection.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/address_v4.hpp>

namespace stadtmesh::gateway {
namespace {

using boost::asio::ip::tcp;

// A drain sweeps over the connections that are there; one that was admitted before it may be put
// among them after it.
TEST(ConnectionTest, BeginningBehindADrainItCloses) {
  const auto worker = std::make_shared<Worker>();
  const auto state = std::make_shared<ServerState>();
  tcp::acceptor acceptor(worker->io, {boost::asio::ip::address_v4::loopback(), 0});
  tcp::socket client(worker->io), socket(worker->io);
  client.connect(acceptor.local_endpoint());
  acceptor.accept(socket);
  ASSERT_TRUE(state->Enter("127.0.0.1"));
  auto connection =
      std::make_shared<Connection>(worker, std::move(socket), state, "127.0.0.1", "127.0.0.1");
  state->draining = true;
  worker->connections.insert(connection);
  connection->Begin();
  EXPECT_TRUE(worker->connections.empty());
  connection.reset();
  EXPECT_EQ(state->connections.load(), 0u);
}

}  // namespace
}  // namespace stadtmesh::gateway
