#include "config/address.h"

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

TEST(ServerAddress, AHostAndAPort) {
  for (const char* text : {"kafka:9092", "broker-1.kafka.svc.cluster.local.:9092", "a_b:1",
                           "10.0.0.7:6379", "[2001:db8::7]:443", "3com.example:80"}) {
    EXPECT_TRUE(IsServerAddress(text)) << text;
  }
  for (const char* text :
       {"", "nowhere", "nowhere:", ":9092", "kafka:0", "kafka:99999", "a b:1", "a..b:1", ".:1",
        "256.0.0.1:80", "::1:80", "http://kafka:9092", "kafka:9092,kafka:9093", "[kafka]:9092"}) {
    EXPECT_FALSE(IsServerAddress(text)) << text;
  }
}

TEST(HttpsUrl, HasAHost) {
  for (const char* text :
       {"https://login.example", "https://login.example/realms/town", "https://login.example:8443/",
        "https://10.0.0.7/keys", "https://[2001:db8::7]:443/keys"}) {
    EXPECT_TRUE(IsHttpsUrl(text)) << text;
  }
  for (const char* text :
       {"", "foo", "https://", "https:///keys", "http://login.example", "HTTPS://login.example",
        "https://me@login.example", "https://login.example/a b", "https://login.example/?a",
        "https://login.example/#a", "https://login.example:0/", "https://login.example:/"}) {
    EXPECT_FALSE(IsHttpsUrl(text)) << text;
  }
}

TEST(Loopback, IsThisMachineAlone) {
  for (const char* address :
       {"localhost", "demo.localhost:80", "127.0.0.1:8080", "127.3.2.1", "[::1]:8080", "::1"}) {
    EXPECT_TRUE(IsLoopback(HostOf(address))) << address;
  }
  for (const char* address :
       {"", ":8080", "0.0.0.0:8080", "[::]:8080", "10.0.0.1:80", "128.0.0.1", "beckum.de",
        "localhost.beckum.de", "127.0.0.1.nip.io", "notlocalhost", "[2001:db8::1]:80"}) {
    EXPECT_FALSE(IsLoopback(HostOf(address))) << address;
  }
}

}  // namespace
}  // namespace stadtmesh::config
