// SPDX-License-Identifier: MIT
#include "common/posix/net/udp_socket.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/posix/net/port_owner.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/wait_readable.hpp"
#include "tests/unit/support/fakes.hpp"
#include "tests/unit/support/loopback.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

NetAddress local(std::uint16_t port) {
  return *resolve("127.0.0.1", port);
}
Expected<UdpSocket> open_any() {
  return UdpSocket::open(local(Loopback::free_port()));
}
/// Waits for it.
std::span<const Datagram> receive(UdpSocket& socket) {
  const int fds[] = {socket.fd()};
  (void)wait_readable(fds, MonotonicClock().now_ns() + 10 * kSecond);
  return socket.receive();
}

TEST(HostPort, NumbersNamesAndBrackets) {
  EXPECT_EQ(resolve_host_port("127.0.0.1:4444")->text(), "127.0.0.1:4444");
  EXPECT_EQ(resolve_host_port("localhost:80")->port(), 80);
  EXPECT_EQ(resolve_host_port("[::1]:30000")->family(), AF_INET6);
  for (const char* wrong : {"", ":", "127.0.0.1", "127.0.0.1:", ":4444", "127.0.0.1:0", "127.0.0.1:70000",
                            "::1:4444", "a b:1", "127.0.0.1:12x"}) {
    const auto got = resolve_host_port(wrong);
    ASSERT_FALSE(got) << wrong;
    EXPECT_EQ(got.error().code, ExitCode::kUsage) << wrong;
  }
}

TEST(HostPort, KnowsItsOwnAddresses) {
  EXPECT_TRUE(local(1).is_local());
  EXPECT_FALSE(resolve("192.0.2.1", 1)->is_local()) << "kept for documents";
  EXPECT_TRUE(resolve("0.0.0.0", 1)->is_any());
  EXPECT_TRUE(resolve("::", 1)->is_any());
  EXPECT_FALSE(local(1).is_any());
}

TEST(UdpSocketTest, GivesWhatHasCome) {
  auto socket = open_any();
  ASSERT_TRUE(socket) << socket.error().message;
  EXPECT_TRUE(socket->receive().empty()) << "and does not wait";
  const Loopback game;
  ASSERT_TRUE(game.send_to(socket->address().port(), bytes_of("one")));
  ASSERT_TRUE(game.send_to(socket->address().port(), bytes_of("three")));
  const auto got = receive(*socket);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].bytes.size(), 3U);
  EXPECT_EQ(got[1].bytes.size(), 5U);
  EXPECT_EQ(got[0].sender.text(), "127.0.0.1:" + std::to_string(game.port()));
}

TEST(UdpSocketTest, WhatTheKernelThrewAwayIsTold) {
  auto socket = open_any();
  ASSERT_TRUE(socket);
  const Loopback game;
  const Bytes large(1400);
  for (int i = 0; i < 5000; ++i) (void)game.send_to(socket->address().port(), large);
  std::uint64_t got = 0;
  for (auto some = receive(*socket); !some.empty(); some = socket->receive()) got += some.size();
  // The number comes with a packet that arrives after the loss.
  ASSERT_TRUE(game.send_to(socket->address().port(), large));
  got += receive(*socket).size();
  EXPECT_EQ(got + socket->takes_dropped(), 5001U);
  EXPECT_EQ(socket->takes_dropped(), 0U) << "each is told once";
}

TEST(UdpSocketTest, APortThatIsTakenIsNamedWithItsOwner) {
  const Loopback other;  // without SO_REUSEADDR
  const auto socket = UdpSocket::open(local(other.port()));
  ASSERT_FALSE(socket);
  EXPECT_NE(socket.error().message.find("(pid " + std::to_string(::getpid()) + ") has the port"),
            std::string::npos)
      << socket.error().message;
  EXPECT_NE(socket.error().message.find("--forward"), std::string::npos);
}

TEST(UdpSocketTest, AnAddressOfAnotherMachineIsRefusedWithTheRemedy) {
  const auto socket = UdpSocket::open(*resolve("192.0.2.1", 4444));
  ASSERT_FALSE(socket);
  EXPECT_NE(socket.error().message.find("--listen"), std::string::npos) << socket.error().message;
}

TEST(ForwarderTest, SendsToAllAndMindsNobodyWhoDoesNotListen) {
  const Loopback first;
  const Loopback second;
  const Bytes one = bytes_of("one");
  const Bytes two = bytes_of("two");
  const Datagram packets[] = {{one, {}}, {two, {}}};
  const Forwarder forwarder({local(Loopback::free_port()), local(first.port()), local(second.port())});
  for (int round = 0; round < 5; ++round) {
    forwarder.send(packets);
    for (const Loopback* listener : {&first, &second}) {
      EXPECT_EQ(listener->receive(), one) << round;
      EXPECT_EQ(listener->receive(), two) << round;
    }
  }
}

TEST(ForwarderTest, NeverLeadsBack) {
  const NetAddress any = *resolve("0.0.0.0", 4444);
  EXPECT_TRUE(leads_back(local(4444), local(4444)));
  EXPECT_TRUE(leads_back(local(4444), any));
  EXPECT_TRUE(leads_back(any, local(4444)));
  EXPECT_FALSE(leads_back(local(4445), local(4444)));
  EXPECT_FALSE(leads_back(*resolve("192.0.2.1", 4444), any)) << "the same port of another machine";
}

constexpr std::string_view kTable =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref "
    "pointer drops\n"
    "  100: 0100007F:7530 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 12345 2 "
    "0000000000000000 0\n"
    "  101: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 777 2 "
    "0000000000000000 0\n"
    "garbage\n";

TEST(PortOwnerTest, TheTableOfTheKernel) {
  const auto owners = parse_udp_table(kTable, 30'000);
  ASSERT_EQ(owners.size(), 1U);
  EXPECT_EQ(owners[0].user, 1000U);
  EXPECT_EQ(owners[0].inode, 12'345U);
  EXPECT_EQ(parse_udp_table(kTable, 5353).size(), 1U);
  EXPECT_TRUE(parse_udp_table(kTable, 1).empty());
  EXPECT_TRUE(parse_udp_table("", 1).empty());
}

TEST(PortOwnerTest, OfTcpOnlyWhoWaitsForConnections) {
  constexpr const char* kTcp =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:2253 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 77 1 0 "
      "100\n"
      "   1: 0100007F:2253 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 78 1 0 "
      "100\n";
  const auto owners = parse_tcp_table(kTcp, 8787);
  ASSERT_EQ(owners.size(), 1U);
  EXPECT_EQ(owners[0].inode, 77U);
  EXPECT_EQ(owners[0].user, 1000U);
}

TEST(PortOwnerTest, WhatIsSaid) {
  EXPECT_EQ(describe_owner({}), "another program");
  EXPECT_EQ(describe_owner({{.user = ::geteuid() + 1}}),
            "a program of user " + std::to_string(::geteuid() + 1));
  ProcessInfo process;
  process.id.pid = 17;
  process.comm = "simd";
  EXPECT_EQ(describe_owner({{.process = process}}), "simd (pid 17)");
}

}  // namespace
}  // namespace pitbridge
