// SPDX-License-Identifier: MIT
// Sims that send packets, under a real Wine: the game sends as its tables say, `pitbridge udp` receives out
// here.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

#include "common/core/model/lap.hpp"
#include "common/core/model/packets.hpp"
#include "common/core/sim/describe.hpp"
#include "tests/e2e/wine_run.hpp"
#include "tests/unit/support/loopback.hpp"

namespace pitbridge::e2e {
namespace {

using nlohmann::json;

constexpr double kMoment = 131.7;  // in the second lap

class UdpRun : public WineRun {
 protected:
  /// A port of this test's own: several may run, and a simd of the user may have the sim's.
  std::string port() const { return std::to_string(port_); }
  Process start_receiver_of(const std::string& sim, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {sim, "--port", port()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return start_receiver(arguments);
  }
  GameSetup setup_of_title(const Sim& sim, const Title& title) const {
    GameSetup setup = setup_of(sim, title);
    setup.arguments.insert(setup.arguments.end(), {"--port", port()});
    return setup;
  }
  GameSetup lfs() const {
    const Sim& sim = *find_sim("lfs");
    return setup_of_title(sim, sim.titles.front());
  }
  json status_of(const std::string& sim) {
    const Process status = run_pitbridge({"status", "--json"});
    for (const json& entry : json::parse(status.output(), nullptr, false))
      if (entry.is_object() && entry.value("sim", "") == sim) return entry;
    return {};
  }

  std::uint16_t port_ = Loopback::free_port();
};

struct Case {
  const Sim* sim;
  const Title* title;
};
std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      if (sim->packets != nullptr) cases.push_back({sim, &title});
  return cases;
}

/// What no field holds as it is, the fake game cannot write.
bool is_computed(const Title& title, Quantity quantity) {
  return std::any_of(title.channels.begin(), title.channels.end(), [&](const Channel& channel) {
    return channel.quantity == quantity && channel.compute != nullptr;
  });
}

class EverySender : public UdpRun, public ::testing::WithParamInterface<Case> {};

TEST_P(EverySender, IsPublishedByteForByteAndLeavesNothing) {
  const Sim& sim = *GetParam().sim;
  const Title& title = *GetParam().title;
  const std::string name(sim.name);
  Process receiver = start_receiver_of(name);
  ASSERT_TRUE(becomes(BridgeState::kWaiting, name)) << receiver.output();
  GameSetup setup = setup_of_title(sim, title);
  setup.arguments.insert(setup.arguments.end(), {"--at", std::to_string(kMoment)});
  Process game = start_game(setup);
  ASSERT_TRUE(becomes_live(name)) << receiver.output();
  EXPECT_TRUE(eventually([&] { return reading(name).title == &title; }))
      << "it must be known by its exe's name";
  for (model::GamePacket& packet : model::packets_of(sim, title, 0, "")) {
    const std::string file(packet.mapping());
    ASSERT_TRUE(eventually([&] { return reading(name).snapshot.has_data(file); })) << file;
    const auto size = reading(name).snapshot.bytes(file)->size();
    EXPECT_EQ(size, title.find_layout(file)->size_bytes) << file;
  }
  const model::LapState wrote = model::lap_state_at(kMoment);
  const Telemetry got = telemetry(name);
  for (const Quantity quantity : {Quantity::kRpm, Quantity::kSpeed, Quantity::kGear}) {
    if (is_computed(title, quantity)) continue;
    const double wanted = wrote.number(quantity);
    EXPECT_NEAR(got.number(quantity).value_or(wanted), wanted, 1e-3 * std::abs(wanted))
        << quantity_info(quantity).name;
  }
  const json status = status_of(name);
  EXPECT_GT(status["packets"]["taken"], 0) << status;
  EXPECT_EQ(status["packets"]["junk"], json::object()) << status;
  game.tell("stop");
  EXPECT_TRUE(eventually([&] { return is_clear(name); })) << receiver.output();
  EXPECT_TRUE(becomes(BridgeState::kWaiting, name)) << "for the next game";
  receiver.signal(SIGTERM);
  EXPECT_EQ(receiver.wait(), 0) << receiver.output();
}

INSTANTIATE_TEST_SUITE_P(Udp, EverySender, ::testing::ValuesIn(all_cases()), [](const auto& test) {
  return std::string(test.param.sim->name) + "_" + std::string(test.param.title->id);
});

class Udp : public UdpRun {};

TEST_F(Udp, TheFileHoldsWhatTheGameHasSent) {
  Process receiver = start_receiver_of("lfs");
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "lfs")) << receiver.output();
  const Loopback listener;
  Process game = start_game(lfs());
  ASSERT_TRUE(becomes_live("lfs")) << receiver.output();
  game.tell("pause");
  ASSERT_TRUE(game.says("ok pause"));
  // What a program that has the port for itself would get, passed on by a second one.
  receiver.signal(SIGTERM);
  ASSERT_EQ(receiver.wait(), 0);
  Process forwarder = start_receiver_of("lfs", {"--forward", "127.0.0.1:" + std::to_string(listener.port())});
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "lfs")) << forwarder.output();
  game.tell("resume");
  ASSERT_TRUE(game.says("ok resume"));
  ASSERT_TRUE(becomes_live("lfs")) << forwarder.output();
  std::vector<std::byte> last;
  const auto take_all = [&] {
    for (auto packet = listener.receive(); !packet.empty(); packet = listener.receive())
      if (packet.size() == 96) last = packet;
  };
  take_all();  // or what comes last finds no room
  game.tell("pause");
  ASSERT_TRUE(eventually([&] {
    take_all();
    const MirrorReading now = reading("lfs");
    const auto* file = now.snapshot.bytes("pitbridge.udp.lfs.outgauge");
    return file != nullptr && std::ranges::equal(*file, last);
  })) << "of the same bytes, raw";
}

TEST_F(Udp, TwoSimsShareAPort) {
  Process receiver = start_receiver({"dirt", "f1", "--port", port()});
  for (const char* sim : {"dirt", "f1"})
    ASSERT_TRUE(becomes(BridgeState::kWaiting, sim)) << receiver.output();
  const auto start = [&](const char* name) {
    const Sim& sim = *find_sim(name);
    return start_game(setup_of_title(sim, sim.titles.front()));
  };
  Process first = start("dirt");
  Process second = start("f1");
  for (const char* sim : {"dirt", "f1"}) {
    EXPECT_TRUE(becomes_live(sim)) << receiver.output();
    EXPECT_EQ(status_of(sim)["packets"]["junk"], json::object()) << "what is the other's is no junk";
  }
}

TEST_F(Udp, ItLeavesWithTheGameWhenAskedTo) {
  Process receiver = start_receiver_of("lfs", {"--leave"});
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "lfs")) << receiver.output();
  Process game = start_game(lfs());
  ASSERT_TRUE(becomes_live("lfs")) << receiver.output();
  game.tell("crash");
  EXPECT_EQ(receiver.wait(), 0) << receiver.output();
  EXPECT_TRUE(is_clear("lfs"));
}

TEST_F(Udp, KilledItsFilesAreClearedAllTheSame) {
  Process receiver = start_receiver_of("lfs");
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "lfs")) << receiver.output();
  Process game = start_game(lfs());
  ASSERT_TRUE(becomes_live("lfs")) << receiver.output();
  receiver.signal(SIGKILL);
  EXPECT_TRUE(eventually([&] { return is_clear("lfs"); }));
  EXPECT_TRUE(becomes(BridgeState::kGone, "lfs"));
}

TEST_F(Udp, APortThatIsTakenIsNamedWithItsOwner) {
  const Loopback other;
  port_ = other.port();
  Process receiver = start_receiver_of("lfs");
  EXPECT_EQ(receiver.wait(), 1);
  EXPECT_NE(receiver.output().find("(pid " + std::to_string(::getpid()) + ") has the port"),
            std::string::npos)
      << receiver.output();
}

class Emit : public UdpRun {
 protected:
  std::string target() const { return "outgauge=127.0.0.1:" + std::to_string(listener_.port()); }
  template <typename T>
  static T at(const std::vector<std::byte>& packet, std::size_t offset) {
    T value = {};
    std::memcpy(&value, packet.data() + offset, sizeof value);
    return value;
  }
  /// Waits for a packet of the moment at which the game stands.
  void expect_the_moment() {
    const model::LapState wrote = model::lap_state_at(kMoment);
    std::vector<std::byte> packet;
    ASSERT_TRUE(eventually([&] {
      for (auto next = listener_.receive(); !next.empty(); next = listener_.receive()) packet = next;
      return packet.size() == 96 && at<float>(packet, 16) == static_cast<float>(wrote.number(Quantity::kRpm));
    }));
    EXPECT_NEAR(at<float>(packet, 12), wrote.number(Quantity::kSpeed) / 3.6, 1e-3);
    EXPECT_EQ(at<std::uint8_t>(packet, 10), wrote.number(Quantity::kGear) + 1);
    EXPECT_NEAR(at<float>(packet, 48), wrote.number(Quantity::kThrottle), 1e-3);
    EXPECT_NEAR(at<float>(packet, 52), wrote.number(Quantity::kBrake), 1e-3);
    const auto first_ms = at<std::uint32_t>(packet, 0);
    EXPECT_TRUE(eventually([&] {
      const auto next = listener_.receive();
      return next.size() == 96 && at<std::uint32_t>(next, 0) > first_ms;
    })) << "it goes on, and its time rises";
  }

  Loopback listener_;
};

TEST_F(Emit, ASimThatSendsPacketsIsSentOnAsOutgauge) {
  Process receiver = start_receiver_of("lfs", {"--emit", target()});
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "lfs")) << receiver.output();
  GameSetup setup = lfs();
  setup.arguments.insert(setup.arguments.end(), {"--at", std::to_string(kMoment)});
  Process game = start_game(setup);
  expect_the_moment();
}

TEST_F(Emit, SoIsSharedMemory) {
  Process bridge = start_bridge();
  Process emitter = start_receiver({"ac", "--emit", target()});
  Process game = start_game({.arguments = {"--at", std::to_string(kMoment)}});
  ASSERT_TRUE(becomes_live()) << bridge.output();
  expect_the_moment();
  emitter.signal(SIGTERM);
  EXPECT_EQ(emitter.wait(), 0) << emitter.output();
}

TEST_F(Emit, BesideAnotherReceiverItOnlySends) {
  Process receiver = start_receiver_of("lfs");
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "lfs")) << receiver.output();
  Process emitter = start_receiver_of("lfs", {"--emit", target()});
  EXPECT_TRUE(emitter.says("only sending its values on")) << emitter.output();
  GameSetup setup = lfs();
  setup.arguments.insert(setup.arguments.end(), {"--at", std::to_string(kMoment)});
  Process game = start_game(setup);
  expect_the_moment();
}

TEST_F(Emit, NeverToItself) {
  Process receiver = start_receiver_of("lfs", {"--emit", "outgauge=127.0.0.1:" + port()});
  EXPECT_EQ(receiver.wait(), 2) << receiver.output();
  EXPECT_NE(receiver.output().find("leads back"), std::string::npos) << receiver.output();
}

TEST_F(Udp, WrongWordsAreUsageErrors) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"lsf"},
                                             {"ac"},
                                             {"lfs", "--forward", "nowhere"},
                                             {"lfs", "--listen", "not an address"},
                                             {"lfs", "--port", "0"},
                                             {"lfs", "--emit", "outsim=127.0.0.1:1"},
                                             {"lfs", "--emit", "outgauge=127.0.0.1"},
                                             {"lfs", "--port", "70000"}}) {
    Process receiver = start_receiver(arguments);
    EXPECT_EQ(receiver.wait(), 2) << arguments.front() << "\n" << receiver.output();
  }
}

TEST_F(Udp, GarbageIsCountedAndTheGameIsShownAllTheSame) {
  Process receiver = start_receiver_of("lfs");
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "lfs")) << receiver.output();
  Process game = start_game(lfs());
  ASSERT_TRUE(becomes_live("lfs")) << receiver.output();
  const Loopback flood;
  std::vector<std::byte> junk(300, std::byte{0xFF});
  const auto updates = [&] { return reading("lfs").status->find("pitbridge.udp.lfs.outgauge")->updates; };
  const std::uint64_t before = updates();
  EXPECT_TRUE(eventually([&] {
    for (std::size_t i = 0; i < 5000; ++i) (void)flood.send_to(port_, std::span(junk).first(i % junk.size()));
    return updates() >= before + 60;
  })) << "the game's own packets come through";
  EXPECT_TRUE(telemetry("lfs").number(Quantity::kRpm));
  const json counted = status_of("lfs")["packets"];
  EXPECT_GT(counted["junk"]["too short"], 1000) << counted;
  EXPECT_GT(counted["junk"]["too long"], 1) << counted;
  EXPECT_GT(counted["junk"]["implausible"], 1) << counted;
}

}  // namespace
}  // namespace pitbridge::e2e
