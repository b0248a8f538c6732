// SPDX-License-Identifier: MIT
// `pitbridge relay --mqtt` and a real mosquitto.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/relay/mqtt_side.hpp"
#include "tests/unit/relay/relay_side.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::json;

class RelayMqtt : public RelayTest {
 protected:
  void SetUp() override {
    mosquitto_lib_init();
    if (server_path("mosquitto").empty()) GTEST_SKIP() << "mosquitto is not installed; see .ci/deps";
  }
  /// With a user "rig" whose password is "fast".
  std::string password_file() const {
    const std::string path = directory_ / "passwords";
    (void)run({"mosquitto_passwd", "-b", "-c", path, "rig", "fast"});
    return "allow_anonymous false\npassword_file " + path;
  }
  std::string anyone() const { return "allow_anonymous true\npersistence false"; }
  long resident_kb(const Child& child) const {
    std::ifstream statm("/proc/" + std::to_string(child.pid()) + "/statm");
    long size = 0, resident = 0;
    statm >> size >> resident;
    return resident * ::sysconf(_SC_PAGESIZE) / 1024;
  }
};

TEST_F(RelayMqtt, TwoHostsShowOnOneWall) {
  Broker broker(directory_, password_file());
  const std::string url = "mqtt://" + broker.address() + "/";
  const std::string password = secret("password", "fast\n");
  const auto relay_as = [&](const char* name) {
    return start({"ac", "--mqtt", url, "--name", name, "--user", "rig", "--password-file", password});
  };
  Child first = relay_as("rig1"), second = relay_as("rig/2+#");
  Subscriber wall(broker, "rig", "fast");
  const auto looks_until = [&](auto condition) {
    return side_.drives_until([&] {
      wall.look();
      return condition();
    });
  };
  ASSERT_TRUE(looks_until([&] {
    return wall.of("pitbridge/rig1/ac/basics").size() > 5 &&
           wall.of("pitbridge/rig-2--/ac/basics").size() > 5 &&
           Json::parse(wall.last("pitbridge/rig1/ac/state"))["activity"] == "live";
  })) << log();
  const Json basics = Json::parse(wall.last("pitbridge/rig1/ac/basics"));
  EXPECT_GT(basics["rpm"], 0) << basics;
  EXPECT_EQ(basics["tyre_pressure"].size(), 4U) << basics;
  const Json state = Json::parse(wall.last("pitbridge/rig1/ac/state"));
  EXPECT_EQ(state["state"], "attached");
  EXPECT_EQ(state["title"], side_.title().name);
  EXPECT_EQ(wall.last("pitbridge/rig1/status"), "online");
  for (const auto& [topic, messages] : wall.all())
    for (std::size_t i = 1; i < messages.size(); ++i)
      EXPECT_NE(messages[i].payload, messages[i - 1].payload) << topic << ": nothing has changed";

  Subscriber late(broker, "rig", "fast");
  ASSERT_TRUE(soon([&] {
    late.look();
    return !late.of("pitbridge/rig1/status").empty() && !late.of("pitbridge/rig1/ac/state").empty();
  }));
  EXPECT_TRUE(late.of("pitbridge/rig1/status").front().retained);
  EXPECT_TRUE(late.of("pitbridge/rig1/ac/state").front().retained);

  (void)first.end(SIGKILL);
  EXPECT_TRUE(looks_until([&] { return wall.last("pitbridge/rig1/status") == "offline"; }))
      << "the last will";
  EXPECT_EQ(wall.last("pitbridge/rig-2--/status"), "online");
  EXPECT_EQ(second.end(SIGTERM), 0) << log();
  EXPECT_TRUE(looks_until([&] { return wall.last("pitbridge/rig-2--/status") == "offline"; }));
}

TEST_F(RelayMqtt, TheEndOfAGameIsTold) {
  Broker broker(directory_, anyone());
  Child relay =
      start({"--mqtt", "mqtt://" + broker.address() + "/", "--name", "r", "--retain", "--qos", "1"});
  Subscriber wall(broker, "", "");
  ASSERT_TRUE(side_.drives_until([&] {
    wall.look();
    return !wall.of("pitbridge/r/ac/basics").empty();
  })) << log();
  side_.leave();
  EXPECT_TRUE(soon([&] {
    side_.show();
    wall.look();
    return wall.last("pitbridge/r/ac/state").find("\"waiting\"") != std::string::npos &&
           wall.last("pitbridge/r/ac/basics").empty();
  })) << log()
      << wall.last("pitbridge/r/ac/state");
}

TEST_F(RelayMqtt, ABrokerThatIsDownOrStartsAnewIsTriedAgain) {
  Broker broker(directory_, anyone());
  (void)broker.child().end(SIGTERM);
  Child relay = start({"ac", "--mqtt", "mqtt://" + broker.address() + "/", "--name", "r"});
  ASSERT_TRUE(soon([&] { return log_has("not connected: "); })) << log();
  for (int start = 0; start < 2; ++start) {
    broker.start();
    Subscriber wall(broker, "", "");
    ASSERT_TRUE(side_.drives_until([&] {
      wall.look();
      return wall.last("pitbridge/r/status") == "online" && !wall.of("pitbridge/r/ac/basics").empty() &&
             !wall.of("pitbridge/r/ac/state").empty();
    })) << log();
    (void)broker.child().end(SIGTERM);
  }
  EXPECT_EQ(relay.end(SIGTERM), 0);
}

/// Of both kinds of service: what is not sent, and what is not acknowledged.
class SlowBroker : public RelayMqtt, public testing::WithParamInterface<const char*> {};

TEST_P(SlowBroker, CostsFramesAndNoMemory) {
  Broker broker(directory_, anyone());
  Child relay = start({"ac", "--mqtt", "mqtt://" + broker.address() + "/", "--name", "r", "--hz", "100",
                       "--qos", GetParam()});
  Subscriber wall(broker, "", "");
  const auto goes_on = [&] {
    wall.forget();
    return side_.drives_until([&] {
      wall.look();
      return wall.of("pitbridge/r/ac/basics").size() > 10;
    });
  };
  ASSERT_TRUE(goes_on()) << log();
  const long before_kb = resident_kb(relay);
  broker.child().send(SIGSTOP);
  ASSERT_TRUE(side_.drives_until([&] { return log_has("frames are dropped"); })) << log();
  int updates = 0;
  ASSERT_TRUE(side_.drives_until([&] { return ++updates > 200; }));
  EXPECT_LT(resident_kb(relay), before_kb + 4096);
  broker.child().send(SIGCONT);
  EXPECT_TRUE(side_.drives_until([&] { return log_has("frames that were dropped"); })) << log();
  EXPECT_TRUE(goes_on()) << log();
}

INSTANTIATE_TEST_SUITE_P(OfEachService, SlowBroker, testing::Values("0", "1"));

TEST_F(RelayMqtt, AWrongPasswordEndsItWithTheRemedy) {
  Broker broker(directory_, password_file());
  const Outcome outcome = run_relay({"--mqtt", "mqtt://" + broker.address() + "/", "--user", "rig",
                                     "--password-file", secret("p", "slow")});
  EXPECT_EQ(outcome.status, 1) << outcome.output;
  EXPECT_NE(outcome.output.find("refuses the user \"rig\""), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("--password-file"), std::string::npos) << outcome.output;
  EXPECT_EQ(outcome.output.find("slow"), std::string::npos) << "the password is nobody's business";
}

TEST_F(RelayMqtt, BySecureConnectionsOnly) {
  const auto openssl = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "openssl");
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 0) << outcome.output;
  };
  const std::string key = directory_ / "key.pem", certificate = directory_ / "certificate.pem";
  openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
           "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
           certificate});
  Broker broker(directory_, anyone() + "\ncertfile " + certificate + "\nkeyfile " + key);
  const std::string url = "mqtts://" + broker.address() + "/";
  const Outcome outcome = run_relay({"--mqtt", url});
  EXPECT_EQ(outcome.status, 1) << outcome.output;
  EXPECT_NE(outcome.output.find("no secure connection"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("--ca"), std::string::npos) << outcome.output;
  write_file(directory_ / "no.pem", "no certificate");
  EXPECT_EQ(run_relay({"--mqtt", url, "--ca", directory_ / "no.pem"}).status, 1);

  const Child relay = start({"--mqtt", url, "--ca", certificate});
  EXPECT_TRUE(soon([&] { return log_has(": connected"); })) << log();
}

TEST_F(RelayMqtt, WrongWordsAreRefused) {
  struct Case {
    std::vector<std::string> words;
    const char* has;
  };
  write_file(directory_ / "open", "fast");
  ::chmod((directory_ / "open").c_str(), 0640);
  const std::string open = directory_ / "open";
  for (const Case& wrong :
       {Case{{}, "--mqtt"}, Case{{"--mqtt", "http://x/"}, "mqtt://HOST"},
        Case{{"--mqtt", "mqtt://u:p@x/"}, "--password-file"}, Case{{"--mqtt", "mqtt://x:0/"}, "port"},
        Case{{"--mqtt", "mqtt://x/a+b"}, "prefix"}, Case{{"--mqtt", "mqtt://x/", "--qos", "3"}, "--qos"},
        Case{{"--mqtt", "mqtt://x/", "--ca", "f"}, "mqtts"}, Case{{"--user", "u"}, "--mqtt"},
        Case{{"--mqtt", "mqtt://x/", "--password-file", open}, "--user"},
        Case{{"--mqtt", "mqtt://x/", "--user", "u", "--password-file", open}, "chmod 600"},
        Case{{"--mqtt", "mqtt://x/", "--user", "u", "--password-file", "/dev/null"}, "/dev/null"},
        Case{{"--mqtt", "mqtt://x/", "--groups", "basics,nosuch"}, "nosuch"},
        Case{{"nosuchsim"}, "nosuchsim"}}) {
    const Outcome outcome = run_relay(wrong.words);
    EXPECT_EQ(outcome.status, 2) << outcome.output;
    EXPECT_NE(outcome.output.find(wrong.has), std::string::npos) << outcome.output;
  }
}

}  // namespace
}  // namespace pitbridge
