// SPDX-License-Identifier: MIT
// What the relay sends, without sending it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bridges/relay/back_off.hpp"
#include "bridges/relay/influx_lines.hpp"
#include "bridges/relay/metrics_text.hpp"
#include "bridges/relay/mqtt_names.hpp"
#include "bridges/relay/udp_json_output.hpp"

namespace pitbridge {
namespace {

Frame frame_with(const nlohmann::ordered_json& basics) {
  Frame frame;
  frame.sim = find_sim("ac");
  frame.groups.push_back({"basics", basics, basics.dump()});
  return frame;
}

TEST(RelayNames, AnAddressIsTakenApart) {
  const auto url = parse_mqtt_url("mqtts://[::1]:99/team/a/");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 99);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->prefix, "team/a");
  EXPECT_EQ(parse_mqtt_url("mqtt://h")->port, 1883);
  EXPECT_EQ(parse_mqtt_url("mqtts://h")->port, 8883);
  EXPECT_EQ(parse_mqtt_url("mqtt://[fe80::2]/")->host, "fe80::2");
  EXPECT_EQ(parse_mqtt_url("mqtt://h/")->prefix, "pitbridge");
  for (const char* wrong : {"", "h", "mqtt://", "mqtt://:1/", "mqtt://h:x/", "mqtt://h:70000/",
                            "mqtt://h/$SYS", "mqtt://h/a#", "mqtt://u@h/"})
    EXPECT_FALSE(parse_mqtt_url(wrong)) << wrong;
}

TEST(RelayNames, ALevelOfATopicHoldsNothingThatMeansSomething) {
  EXPECT_EQ(topic_level("rig-1.local"), "rig-1.local");
  EXPECT_EQ(topic_level("a/b+c#d e\n\xC3\xA4"), "a-b-c-d-e---");
  EXPECT_EQ(topic_level(""), "-");
}

TEST(RelayBackOff, GrowsToAMinuteAndBeginsAnew) {
  BackOff back_off;
  EXPECT_TRUE(back_off.is_over(0));
  std::int64_t now_ns = 0, last_ns = 0;
  for (int i = 0; i < 10; ++i) {
    back_off.failed(now_ns);
    last_ns = back_off.next_ns() - now_ns;
    EXPECT_FALSE(back_off.is_over(back_off.next_ns() - 1));
    now_ns = back_off.next_ns();
    if (i == 0) {
      EXPECT_EQ(last_ns, BackOff::kFirstNs);
    }
  }
  EXPECT_EQ(last_ns, BackOff::kLastNs);
  back_off.succeeded();
  back_off.failed(0);
  EXPECT_EQ(back_off.next_ns(), BackOff::kFirstNs);
}

TEST(RelayInflux, LinesHoldWhatHasChanged) {
  InfluxLines lines("rig 1");
  EXPECT_EQ(
      lines.line(frame_with({{"rpm", 6000.0},
                             {"gear", 3},
                             {"car", "a \"b\" \\ c\nx"},
                             {"tyre_pressure", {1, 2, 3, 4.5}},
                             {"velocity", {1, 2, 3}},
                             {"sector_times", {30.5, 0, 0}}}),
                 17),
      "pitbridge,host=rig\\ 1,sim=ac rpm=6000,gear=3,car=\"a \\\"b\\\" \\\\ c x\",tyre_pressure_fl=1,"
      "tyre_pressure_fr=2,tyre_pressure_rl=3,tyre_pressure_rr=4.5,velocity_x=1,velocity_y=2,velocity_z=3,"
      "sector_times_1=30.5,sector_times_2=0,sector_times_3=0 17\n");
  EXPECT_EQ(lines.line(frame_with({{"rpm", 6000.0}, {"gear", 4}}), 18),
            "pitbridge,host=rig\\ 1,sim=ac gear=4 18\n");
  EXPECT_EQ(lines.line(frame_with({{"rpm", 6000.0}, {"gear", 4}}), 19), "");
  lines.forget();
  EXPECT_EQ(lines.line(frame_with({{"rpm", 6000.0}}), 20), "pitbridge,host=rig\\ 1,sim=ac rpm=6000 20\n");
}

TEST(RelayInflux, KeysAreEscaped) {
  EXPECT_EQ(influx_key("a,b=c d"), "a\\,b\\=c\\ d");
  EXPECT_EQ(influx_key("ends with\\"), "ends\\ with/");
  EXPECT_EQ(influx_key(""), "-");
}

TEST(RelayUdp, AGroupThatDoesNotFitIsLeftOutWhole) {
  Frame frame = frame_with({{"rpm", 1}});
  const nlohmann::ordered_json large = {{"car", std::string(200, 'x')}};
  frame.groups.push_back({"race", large, large.dump()});
  const nlohmann::ordered_json small = {{"rain", 0}};
  frame.groups.push_back({"weather", small, small.dump()});
  const UdpJson made = udp_json(frame, 100);
  EXPECT_LE(made.text.size(), 100U);
  EXPECT_EQ(made.left_out, std::vector<std::string_view>{"race"});
  const auto json = nlohmann::json::parse(made.text);
  EXPECT_EQ(json["rpm"], 1);
  EXPECT_EQ(json["rain"], 0);
  EXPECT_FALSE(json.contains("car"));
  EXPECT_TRUE(udp_json(frame, 1400).left_out.empty());
}

TEST(RelayMetrics, LabelsHoldNothingThatEndsThem) {
  BridgeView bridge;
  bridge.entry.sim = "ac";
  bridge.entry.directory = "/tmp/a\"b\\c\nx";
  const std::string text = metrics_text({&bridge, 1}, {});
  EXPECT_NE(text.find("pitbridge_bridge_up{sim=\"ac\",directory=\"/tmp/a\\\"b\\\\c\\\\nx\"} 0\n"),
            std::string::npos)
      << text;
}

TEST(RelayGroups, OnlyKnownOnesCanBeChosen) {
  EXPECT_TRUE(GroupChoice::parse("")->has("weather"));
  const auto choice = GroupChoice::parse("basics,cars");
  ASSERT_TRUE(choice);
  EXPECT_TRUE(choice->has("cars"));
  EXPECT_FALSE(choice->has("weather"));
  EXPECT_FALSE(GroupChoice::parse(","));
}

}  // namespace
}  // namespace pitbridge
