// SPDX-License-Identifier: MIT
// The built server with real sockets, on a live side without Wine.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <limits>
#include <memory>

#include "bridges/serve/http.hpp"
#include "bridges/serve/service.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "tests/unit/serve/serve_run.hpp"
#include "tests/unit/support/run_program.hpp"

namespace pitbridge::serve {
namespace {

using nlohmann::json;

class ServeTest : public testing::Test {
 protected:
  void start(std::vector<std::string> options = {}) {
    options.insert(options.begin(), "serve");
    if (std::find(options.begin(), options.end(), "--port") == options.end())
      options.insert(options.end(), {"--port", "0"});
    server_ = std::make_unique<ServedProgram>((build_dir() / "bin/pitbridge-serve").string(), options,
                                              environment());
    said_ = server_->said("open this");
    const auto at = said_.find("http://");
    ASSERT_NE(at, std::string::npos) << said_;
    const auto colon = said_.find(':', at + 7);
    port_ = static_cast<std::uint16_t>(std::stoi(said_.substr(colon + 1)));
  }
  void drive(const std::string& sim = "lmu", const std::string& seconds = "0") {
    live_ = std::make_unique<ServedProgram>(
        (build_dir() / "bin/pitbridge-simulate").string(),
        std::vector<std::string>{"simulate", sim, "--rate", "100", "--from", seconds}, environment());
    ASSERT_NE(live_->said("simulating").find("simulating"), std::string::npos);
  }
  std::vector<std::pair<std::string, std::string>> environment() const {
    return {{"PITBRIDGE_SHM_DIR", directory_.path()},
            {"HOME", directory_.path()},
            {"XDG_RUNTIME_DIR", directory_.path()},
            {"PITBRIDGE_CONFIG_FILE", "/dev/null"},
            {"ASAN_OPTIONS", kKeepLittle}};
  }
  std::string token() const {
    const auto at = said_.find("?token=");
    return at == std::string::npos ? "" : said_.substr(at + 7, 32);
  }

  TempDirectory directory_;
  std::unique_ptr<ServedProgram> live_, server_;
  std::string said_;
  std::uint16_t port_ = 0;
};

bool has_values(const WebAnswer& answer) {
  return answer.json().value("result", "") == "ok";
}

TEST_F(ServeTest, GivesTheValuesOfTheDrivenSimAndOfANamedOne) {
  drive();
  start();
  WebAnswer live;
  ASSERT_TRUE(soon([&] { return has_values(live = get(port_, "/api/live")); })) << live.body;
  EXPECT_EQ(live.json()["sim"], "lmu");
  EXPECT_EQ(live.json()["values"]["max_rpm"], 9250);
  EXPECT_TRUE(live.has("Content-Type: application/json"));
  EXPECT_TRUE(live.has("Cache-Control: no-store"));
  EXPECT_EQ(get(port_, "/api/sims/lmu/values").json()["title"], "le_mans_ultimate");
  const json other = get(port_, "/api/sims/ac/values").json();
  EXPECT_EQ(other["sim"], "ac");
  EXPECT_EQ(other["result"], "absent") << other;
  const json sims = get(port_, "/api/sims").json();
  EXPECT_EQ(sims.size(), all_sims().size());
  const auto lmu =
      std::find_if(sims.begin(), sims.end(), [](const json& sim) { return sim["sim"] == "lmu"; });
  ASSERT_NE(lmu, sims.end());
  EXPECT_TRUE((*lmu)["driven"].get<bool>());
  ASSERT_EQ((*lmu)["bridges"].size(), 1U) << *lmu;
  EXPECT_EQ((*lmu)["bridges"][0]["state"], "attached");
}

TEST_F(ServeTest, EventsBeginWholeAndGoOnWithDifferences) {
  drive();
  start();
  WebClient client(port_);
  client.ask("/api/live/events?hz=60");
  const auto has_changes = [](const std::string& text) {
    const auto events = events_in(text);
    return std::count_if(events.begin(), events.end(), [](const auto& event) {
             return event.at("event") == "change" && event.at("data").find("\"speed\"") != std::string::npos;
           }) >= 5;
  };
  ASSERT_TRUE(client.read_until(has_changes)) << client.text();
  EXPECT_NE(client.text().find("text/event-stream"), std::string::npos);
  const auto events = events_in(client.text());
  EXPECT_EQ(events[0].at("event"), "whole");
  EXPECT_EQ(events[0].at("retry"), "1000");
  json state = json::parse(events[0].at("data"));
  std::uint64_t id = std::stoull(events[0].at("id")), updated = state["updated_ns"];
  for (std::size_t i = 1; i < events.size(); ++i) {
    if (events[i].at("event") != "change") continue;
    const json change = json::parse(events[i].at("data"));
    EXPECT_GT(std::stoull(events[i].at("id")), id);
    EXPECT_GE(change["updated_ns"], updated);
    EXPECT_FALSE(change["values"].contains("max_rpm") && state["values"].contains("max_rpm"))
        << "it stands still";
    id = std::stoull(events[i].at("id"));
    updated = change["updated_ns"];
    merge(state, change);
  }
  EXPECT_EQ(state["values"].size() + state["absent"].size(), kQuantities.size());
  EXPECT_EQ(state["cars"].size(), 8U);
}

TEST_F(ServeTest, AGamesEndAndTheNextOneAreEvents) {
  drive();
  start();
  WebClient client(port_);
  client.ask("/api/live/events");
  const auto last_result_is = [](const char* result) {
    return [result](const std::string& text) {
      std::string last;
      for (const auto& event : events_in(text)) last = json::parse(event.at("data")).value("result", last);
      return last == result;
    };
  };
  ASSERT_TRUE(client.read_until(last_result_is("ok")));
  EXPECT_EQ(live_->end(), 0);
  ASSERT_TRUE(client.read_until(last_result_is("dead"))) << client.text().substr(client.text().size() - 500);
  drive();
  ASSERT_TRUE(client.read_until(last_result_is("ok")));
}

TEST_F(ServeTest, WhatStandsStillIsNotSentAgainButTheClientIsToldThatWeLive) {
  start();
  WebClient client(port_);
  client.ask("/api/sims/ac/events?hz=60");
  ASSERT_TRUE(client.read_until([](const std::string& text) { return events_in(text).size() >= 2; }));
  const auto events = events_in(client.text());
  EXPECT_EQ(events[0].at("event"), "whole");
  EXPECT_EQ(events[1].at("event"), "beat");
}

TEST_F(ServeTest, WrongQuestionsAreAnsweredWithWhatIsWrong) {
  start();
  EXPECT_EQ(get(port_, "/api/sims/nosim/values").status, 404);
  EXPECT_NE(get(port_, "/api/sims/rf3/values").body.find("rf2"), std::string::npos);
  for (const char* path : {"/api/", "/api/sims/ac", "/api/sims/ac/else", "/nothing", "/../etc/passwd", "//",
                           "/api/sims//values"})
    EXPECT_EQ(get(port_, path).status, 404) << path;
  for (const char* hz : {"0", "61", "-1", "x", "", "1e9", "30x"})
    EXPECT_EQ(get(port_, std::string("/api/live/events?hz=") + hz).status, 400) << hz;
  EXPECT_GE(get(port_, "/api/live", "", "127.0.0.1", "POST").status, 400);
  EXPECT_GE(get(port_, "/api/live", "", "127.0.0.1", "OPTIONS").status, 405);
  EXPECT_EQ(get(port_, "/api/live").status, 200) << "and it lives";
}

TEST_F(ServeTest, GarbageAndHalfRequestsEndNobody) {
  start();
  std::vector<std::unique_ptr<WebClient>> clients;
  for (const std::string& text :
       {std::string("\r\n\r\n"), std::string(100'000, 'x'), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("GET /api/live HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n"),
        std::string("GET /%00%ff?token=%zz&hz=%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        std::string("GET / HTT"), std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + std::string(40'000, 'y') + "\r\n\r\n"}) {
    clients.push_back(std::make_unique<WebClient>(port_));
    clients.back()->send(text);
  }
  EXPECT_EQ(get(port_, "/api/live").status, 200);
}

TEST_F(ServeTest, ThePageIsInTheProgramAndLetsNothingElseIn) {
  start();
  const WebAnswer page = get(port_, "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.has("Content-Type: text/html"));
  EXPECT_TRUE(page.has("Content-Security-Policy: default-src 'none'; script-src 'self'"));
  EXPECT_TRUE(page.has("X-Content-Type-Options: nosniff"));
  EXPECT_EQ(page.body.find("style="), std::string::npos);
  EXPECT_EQ(get(port_, "/uplot.js").status, 200);
  EXPECT_NE(get(port_, "/licences.txt").body.find("Leon Sorokin"), std::string::npos) << "of uPlot";
  const WebAnswer head = get(port_, "/page.js", "", "127.0.0.1", "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.body.empty());
  EXPECT_TRUE(head.has("Content-Length: ")) << head.head;
}

TEST_F(ServeTest, APageOfAnotherNameIsRefused) {
  start();
  for (const char* path : {"/", "/api/live", "/api/live/events"}) {
    const WebAnswer answer = get(port_, path, "", "rebound.example");
    EXPECT_EQ(answer.status, 403) << path;
    EXPECT_EQ(answer.body.find("values"), std::string::npos);
  }
  EXPECT_EQ(get(port_, "/", "", "localhost:" + std::to_string(port_)).status, 200);
}

TEST_F(ServeTest, OpenedFurtherItWantsItsToken) {
  start({"--listen", "127.0.0.1"});
  ASSERT_EQ(token().size(), 32U) << said_;
  EXPECT_EQ(get(port_, "/").status, 401);
  EXPECT_EQ(get(port_, "/api/live").status, 401);
  EXPECT_EQ(get(port_, "/api/live?token=" + std::string(32, '0')).status, 401);
  EXPECT_EQ(get(port_, "/api/live?token=" + token()).status, 200);
  EXPECT_EQ(get(port_, "/api/live", "Authorization: Bearer " + token() + "\r\n", "tablet.lan").status, 200);
  const WebAnswer page = get(port_, "/?token=" + token());
  EXPECT_EQ(page.status, 303);
  EXPECT_TRUE(page.has("Location: /")) << "the token leaves the address";
  const std::string cookie = "pitbridge_" + std::to_string(port_) + "=" + token();
  EXPECT_TRUE(page.has("Set-Cookie: " + cookie + "; Path=/; HttpOnly; SameSite=Lax")) << page.head;
  EXPECT_EQ(get(port_, "/", "Cookie: " + cookie + "\r\n").status, 200);
  const std::string picture = server_->said("\u2588\u2580\u2580");
  EXPECT_NE(picture.find("\u2588"), std::string::npos) << "a code to scan: " << picture;
}

TEST_F(ServeTest, OtherOriginsReadNothingUnlessTheyAreNamed) {
  start();
  EXPECT_FALSE(get(port_, "/api/live", "Origin: http://tablet.lan\r\n").has("Access-Control"));
  start({"--cors", "http://tablet.lan"});
  EXPECT_TRUE(get(port_, "/api/live").has("Access-Control-Allow-Origin: http://tablet.lan\r\n"));
  const WebAnswer asked = get(port_, "/api/live", "Origin: http://tablet.lan\r\n", "127.0.0.1", "OPTIONS");
  EXPECT_EQ(asked.status, 204);
  EXPECT_TRUE(asked.has("Access-Control-Allow-Headers: Authorization"));
  const Outcome wrong = run({(build_dir() / "bin/pitbridge-serve").string(), "serve", "--cors", "*"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_NE(wrong.output.find("is no origin"), std::string::npos) << wrong.output;
}

/// What the desktop's opener is given.
TEST_F(ServeTest, OpensThePageInTheBrowserOfTheDesktop) {
  const std::string opener = directory_ / "xdg-open";
  write_file(opener, "#!/bin/sh\necho \"$*\" >" + directory_ / "opening" + " && mv " +
                         directory_ / "opening" + " " + directory_ / "opened\n");
  std::filesystem::permissions(opener, std::filesystem::perms::owner_all);
  const ScopedEnvironment path("PATH", (directory_.path() + ":/usr/bin:/bin").c_str());
  start({"--open"});
  ASSERT_TRUE(soon([&] { return std::filesystem::exists(directory_ / "opened"); })) << said_;
  EXPECT_EQ(content_of(directory_ / "opened"), "http://127.0.0.1:" + std::to_string(port_) + "/\n");
}

TEST_F(ServeTest, SaysWhenThereIsNoBrowserToOpen) {
  const ScopedEnvironment path("PATH", directory_.path().c_str());
  start({"--open"});
  EXPECT_NE(server_->said("xdg-utils").find("open it by hand"), std::string::npos) << said_;
}

void stop_before_it_runs() {
  ::alarm(10);  // it would run for ever
  install_stop_signals();
  const auto server = HttpServer::open(*resolve("127.0.0.1", 0), [](const HttpRequest&) {});
  (void)::raise(SIGTERM);
  (*server)->run([] { return std::numeric_limits<std::int64_t>::max(); });
  ::_exit(0);
}

TEST_F(ServeTest, ASignalThatComesWhileItStartsEndsItToo) {
  EXPECT_EXIT(stop_before_it_runs(), testing::ExitedWithCode(0), "");
}

TEST_F(ServeTest, ABusyPortIsToldWithWhoHasIt) {
  start();
  const Outcome second =
      run({(build_dir() / "bin/pitbridge-serve").string(), "serve", "--port", std::to_string(port_)});
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.output.find("(pid " + std::to_string(server_->pid()) + ") has the port"),
            std::string::npos)
      << second.output;
  EXPECT_NE(second.output.find("--port N"), std::string::npos);
  const Outcome foreign =
      run({(build_dir() / "bin/pitbridge-serve").string(), "serve", "--listen", "192.0.2.77"});
  EXPECT_EQ(foreign.status, 1);
  EXPECT_NE(foreign.output.find("name an address of this machine"), std::string::npos) << foreign.output;
}

TEST_F(ServeTest, OneClientTooManyIsAskedToComeLater) {
  start();
  std::vector<std::unique_ptr<WebClient>> clients;
  for (std::size_t i = 0; i < kMostStreams; ++i) {
    clients.push_back(std::make_unique<WebClient>(port_));
    clients.back()->ask("/api/sims/ac/events?hz=1");
    ASSERT_TRUE(clients.back()->read_until([](const std::string& text) {
      return events_in(text).size() == 1;
    })) << i;
  }
  const WebAnswer late = get(port_, "/api/live/events");
  EXPECT_EQ(late.status, 503) << late.head;
  EXPECT_TRUE(late.has("Retry-After: "));
  EXPECT_EQ(get(port_, "/api/live").status, 200) << "a question is answered all the same";
  clients.clear();
  EXPECT_TRUE(soon([&] {
    WebClient next(port_);
    next.ask("/api/live/events");
    return next.read_until([](const std::string& text) { return text.find("\r\n") != std::string::npos; }) &&
           next.text().starts_with("HTTP/1.1 200");
  })) << "their places are free again";
}

TEST_F(ServeTest, AHundredThatDoNotReadSlowNobodyAndTakeNoMemory) {
  drive();
  start();
  std::vector<std::unique_ptr<WebClient>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<WebClient>(port_, 4096));
    slow.back()->ask("/api/live/events?hz=60");
  }
  WebClient reader(port_);
  reader.ask("/api/live/events?hz=60");
  const auto reads = [&](std::size_t count) {
    return reader.read_until([&](const std::string& text) { return events_in(text).size() >= count; });
  };
  // Until the kernel takes nothing more for the slow ones.
  ASSERT_TRUE(reads(150));
  const std::size_t before_kib = server_->resident_kib();
  ASSERT_TRUE(reads(400)) << "it goes on";
  EXPECT_LT(server_->resident_kib(), before_kib + 8 * 1024);
  EXPECT_EQ(server_->end(), 0) << "and it ends with all of them connected";
}

TEST_F(ServeTest, EndsCleanByEachSignalWithClientsConnected) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    start();
    WebClient stream(port_), idle(port_), half(port_), waiting(port_);
    stream.ask("/api/live/events");
    half.send("GET /api");
    ASSERT_TRUE(stream.read_until([](const std::string& text) { return !events_in(text).empty(); }));
    waiting.ask("/api/live");
    EXPECT_EQ(server_->end(signal), 0) << signal;
  }
}

TEST_F(ServeTest, TheDoctorLooksBesideAndHisWordsAreKept) {
  drive();
  EXPECT_EQ(live_->end(), 0);
  start();
  EXPECT_EQ(get(port_, "/api/doctor").json()["age_s"], nullptr) << "nobody waits for him";
  json report;
  ASSERT_TRUE(soon([&] { return (report = get(port_, "/api/doctor").json())["age_s"].is_number(); }));
  const auto lmu = std::find_if(report["verdicts"].begin(), report["verdicts"].end(),
                                [](const json& verdict) { return verdict["sim"] == "lmu"; });
  ASSERT_NE(lmu, report["verdicts"].end()) << report;
  EXPECT_FALSE((*lmu)["data_flows"].get<bool>());
  EXPECT_TRUE((*lmu)["verdict"].get<std::string>().starts_with("broken at: ")) << *lmu;
  EXPECT_TRUE(std::any_of(report["links"].begin(), report["links"].end(), [](const json& link) {
    return link["state"] == "broken" && !link["remedy"].get<std::string>().empty();
  }));
}

}  // namespace
}  // namespace pitbridge::serve
