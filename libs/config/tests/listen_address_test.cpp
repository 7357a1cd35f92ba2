#include "config/listen_address.h"

#include <gtest/gtest.h>

#include <string>

namespace stadtmesh::config {
namespace {

TEST(ListenAddress, AnAddressAndAPort) {
  for (const char* text : {"127.0.0.1:8080", "0.0.0.0:0", "localhost:65535", "[::]:50051",
                           "[::1]:0", "[2001:db8::7]:443"}) {
    EXPECT_TRUE(IsListenAddress(text)) << text;
  }
}

TEST(ListenAddress, WhatALibraryWouldReadAsSomethingElse) {
  for (const char* text : {"",
                           ":",
                           "abc",
                           "abc:80",
                           "8080",
                           ":8080",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:99999",
                           "127.0.0.1:65536",
                           "127.0.0.1:-1",
                           "127.0.0.1:+1",
                           "127.0.0.1: 80",
                           "127.0.0.1:80 ",
                           "127.0.0.1:080000",
                           "127.0.0.1:http",
                           "127.0.0.1:1:2",
                           "127.1:80",
                           "256.0.0.1:80",
                           "::1:80",
                           "[::1]",
                           "[::1:80",
                           "::1]:80",
                           "[127.0.0.1]:80",
                           "[]:80",
                           "[::g]:80",
                           "http://127.0.0.1:80",
                           "127.0.0.1:80,127.0.0.1:81",
                           "unix:/tmp/socket"}) {
    EXPECT_FALSE(IsListenAddress(text)) << text;
  }
  EXPECT_FALSE(IsListenAddress(std::string("127.0.0.1\0x:80", 14)));
}

}  // namespace
}  // namespace stadtmesh::config
