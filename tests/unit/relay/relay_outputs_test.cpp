// SPDX-License-Identifier: MIT
// `pitbridge relay` to InfluxDB, Prometheus, and by UDP.
#include <gtest/gtest.h>
#include <poll.h>

#include <nlohmann/json.hpp>

#include "tests/unit/relay/mqtt_side.hpp"
#include "tests/unit/relay/relay_side.hpp"
#include "tests/unit/support/loopback.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::json;

class RelayOutputs : public RelayTest {};

/// InfluxDB 1 on ports of its own, with all its files in the directory of the test.
class Database {
 public:
  explicit Database(const TempDirectory& directory) {
    const auto quoted_path = [&](const char* name) { return "\"" + directory / name + "\"\n"; };
    write_file(directory / "influx.conf",
               "reporting-disabled = true\nbind-address = \"127.0.0.1:" + std::to_string(free_tcp_port()) +
                   "\"\n[meta]\ndir = " + quoted_path("meta") + "[data]\ndir = " + quoted_path("data") +
                   "wal-dir = " + quoted_path("wal") + "[http]\nbind-address = \"127.0.0.1:" +
                   std::to_string(port_) + "\"\nlog-enabled = false\n[monitor]\nstore-enabled = false\n");
    child_ = Child({server_path("influxd"), "-config", directory / "influx.conf"}, directory / "influx.log");
    EXPECT_TRUE(soon([&] { return static_cast<bool>(tcp_connect(port_)); }))
        << content_of(directory / "influx.log");
  }

  std::string url(const std::string& database) const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/write?db=" + database;
  }
  /// What the database says to a query, whose blanks are written as +.
  std::string ask(const std::string& query, const char* method = "GET") const {
    return http_answer(port_, method, "/query?db=rigs&q=" + query);
  }

 private:
  std::uint16_t port_ = free_tcp_port();
  Child child_;
};

TEST_F(RelayOutputs, InfluxKeepsTheValues) {
  if (server_path("influxd").empty()) GTEST_SKIP() << "influxd is not installed; see .ci/deps";
  const Database database(directory_);
  (void)database.ask("CREATE+DATABASE+rigs", "POST");
  Child relay = start({"ac", "--influx", database.url("rigs"), "--name", "rig 1,a=b"});
  std::string answer;
  EXPECT_TRUE(side_.drives_until([&] {
    answer = database.ask("SELECT+rpm,gear,car,tyre_pressure_fl+FROM+pitbridge+WHERE+car!=''+LIMIT+1");
    return answer.find("\"values\"") != std::string::npos;
  })) << answer
      << log();
  EXPECT_NE(answer.find(model::lap_state_at(1).car), std::string::npos) << answer;
  answer = database.ask("SHOW+TAG+VALUES+WITH+KEY+IN+(host,sim)");
  EXPECT_NE(answer.find("\"rig-1,a=b\""), std::string::npos) << answer;
  EXPECT_NE(answer.find("\"ac\""), std::string::npos) << answer;
  EXPECT_EQ(relay.end(SIGTERM), 0) << log();
  EXPECT_TRUE(log_has(" sent, 0 dropped")) << log();

  const Child wrong = start({"ac", "--influx", database.url("nosuch")});
  EXPECT_TRUE(side_.drives_until([&] { return log_has("make the database or bucket"); })) << log();
}

TEST_F(RelayOutputs, AnInfluxThatIsDownIsTriedAgainAndDisturbsNobody) {
  const Loopback listener;
  const std::string url = "http://127.0.0.1:" + std::to_string(free_tcp_port()) + "/write?db=x";
  Child relay = start({"ac", "--influx", url, "--udp-json", "127.0.0.1:" + std::to_string(listener.port())});
  EXPECT_TRUE(side_.drives_until([&] { return log_has("not written: ") && !listener.receive().empty(); }))
      << log();
  EXPECT_EQ(relay.end(SIGTERM), 0) << log();
}

TEST_F(RelayOutputs, AServerThatNeverAnswersHoldsNobodyUp) {
  const Loopback listener;
  std::uint16_t silent_port = 0, metrics_port = free_tcp_port();
  const UniqueFd silent = tcp_listener(silent_port);
  Child relay = start({"ac", "--influx", "http://127.0.0.1:" + std::to_string(silent_port) + "/write?db=x",
                       "--udp-json", "127.0.0.1:" + std::to_string(listener.port()), "--prometheus",
                       std::to_string(metrics_port)});
  ASSERT_TRUE(side_.drives_until([&] {
    pollfd asked = {silent.get(), POLLIN, 0};
    return ::poll(&asked, 1, 0) == 1;
  })) << log();
  while (!listener.receive().empty()) {
  }
  int datagrams = 0;
  EXPECT_TRUE(side_.drives_until([&] { return (datagrams += listener.receive().empty() ? 0 : 1) > 10; }))
      << log();
  EXPECT_TRUE(http_answer(metrics_port, "GET", "/metrics").starts_with("HTTP/1.1 200 "));
}

TEST_F(RelayOutputs, InfluxIsGivenNoPasswordOnTheCommandLine) {
  for (const char* url : {"http://u:p@h/write?db=x", "http://h/write?db=x&u=a&p=b", "ftp://h/write"}) {
    const Outcome outcome = run_relay({"--influx", url});
    EXPECT_EQ(outcome.status, 2) << outcome.output;
  }
}

TEST_F(RelayOutputs, EachDatagramIsWholeJsonOfTheGroupsThatWereChosen) {
  const Loopback listener;
  Child relay =
      start({"--udp-json", "127.0.0.1:" + std::to_string(listener.port()), "--groups", "basics,engine"});
  Json json;
  ASSERT_TRUE(side_.drives_until([&] {
    const auto packet = listener.receive();
    EXPECT_LE(packet.size(), 1400U);
    if (!packet.empty()) json = Json::parse(packet.begin(), packet.end(), nullptr, false);
    return json.is_object() && json.contains("rpm") && json["activity"] == "live";
  })) << log();
  EXPECT_EQ(json["sim"], "ac");
  EXPECT_TRUE(json.contains("idle_rpm") || json.contains("coolant_temperature") ||
              json.contains("turbo_pressure"));
  EXPECT_FALSE(json.contains("world_position")) << json;
  side_.leave();
  EXPECT_TRUE(soon([&] {
    side_.show();
    const auto packet = listener.receive();
    if (!packet.empty()) json = Json::parse(packet.begin(), packet.end(), nullptr, false);
    return json.is_object() && json["activity"] == "off" && !json.contains("rpm");
  })) << json;
}

TEST_F(RelayOutputs, PrometheusReadsStateAndRates) {
  const std::uint16_t port = free_tcp_port();
  Child relay = start({"--prometheus", std::to_string(port)});
  std::string answer;
  EXPECT_TRUE(side_.drives_until([&] {
    answer = http_answer(port, "GET", "/metrics");
    return answer.find("state=\"attached\",title=\"" + std::string(side_.title().name)) != std::string::npos;
  })) << answer
      << log();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4")) << answer;
  EXPECT_NE(answer.find("\npitbridge_bridge_up{sim=\"ac\",directory=\"" + directory_.path() + "\"} 1\n"),
            std::string::npos)
      << answer;
  EXPECT_NE(answer.find("file=\"acpmf_physics\"} "), std::string::npos) << answer;
  EXPECT_TRUE(http_answer(port, "GET", "/").starts_with("HTTP/1.1 404 ")) << answer;
  EXPECT_TRUE(http_answer(port, "POST", "/metrics").starts_with("HTTP/1.1 405 ")) << answer;

  const UniqueFd silent = tcp_connect(port);
  EXPECT_TRUE(http_answer(port, "GET", "/metrics").starts_with("HTTP/1.1 200 ")) << "one who says nothing";

  const Outcome second = run_relay({"--prometheus", std::to_string(port)});
  EXPECT_EQ(second.status, 1) << second.output;
  EXPECT_NE(second.output.find("another program has the port"), std::string::npos) << second.output;
}

}  // namespace
}  // namespace pitbridge
