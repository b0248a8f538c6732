// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <mosquitto.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/posix/system/paths.hpp"
#include "tests/unit/support/child.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/tcp.hpp"
#include "tests/unit/support/temp_directory.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge {

/// Where a server lies, which need not be in the PATH of a user; empty: it is not installed.
inline std::string server_path(const std::string& name) {
  for (const char* directory : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/"})
    if (::access((directory + name).c_str(), X_OK) == 0) return directory + name;
  return {};
}

/// A real mosquitto on a port of its own, with all its files in the directory of the test.
class Broker {
 public:
  /// `more`: lines of its configuration.
  Broker(const TempDirectory& directory, const std::string& more) : config_(directory / "mosquitto.conf") {
    // As root it would become another user, who may not read the files of the test.
    write_file(config_, "user root\nlistener " + std::to_string(port_) + " 127.0.0.1\n" + more + "\n");
    log_ = directory / "mosquitto.log";
    start();
  }

  void start() {
    child_ = Child({server_path("mosquitto"), "-c", config_}, log_);
    EXPECT_TRUE(soon([&] { return static_cast<bool>(tcp_connect(port_)); })) << content_of(log_);
  }
  Child& child() { return child_; }
  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  std::uint16_t port_ = free_tcp_port();
  std::string config_, log_;
  Child child_;
};

struct Message {
  std::string payload;
  bool retained = false;  ///< the broker had it before
};

/// Whoever looks at a wall: all messages below pitbridge/.
class Subscriber {
 public:
  Subscriber(const Broker& broker, const std::string& user, const std::string& password)
      : mosquitto_(mosquitto_new(nullptr, true, this), mosquitto_destroy) {
    mosquitto* const m = mosquitto_.get();
    if (!user.empty()) mosquitto_username_pw_set(m, user.c_str(), password.c_str());
    mosquitto_connect_callback_set(
        m, [](mosquitto* self, void*, int) { mosquitto_subscribe(self, nullptr, "pitbridge/#", 1); });
    mosquitto_message_callback_set(m, [](mosquitto*, void* self, const mosquitto_message* message) {
      static_cast<Subscriber*>(self)->messages_[message->topic].push_back(
          {std::string(static_cast<const char*>(message->payload),
                       static_cast<std::size_t>(message->payloadlen)),
           message->retain});
    });
    EXPECT_EQ(mosquitto_connect(m, "127.0.0.1", broker.port(), 60), MOSQ_ERR_SUCCESS);
  }

  /// Takes what has come.
  void look() {
    for (int i = 0; i < 64; ++i) (void)mosquitto_loop(mosquitto_.get(), 0, 1);
  }
  const std::vector<Message>& of(const std::string& topic) { return messages_[topic]; }
  std::string last(const std::string& topic) {
    const auto& all = of(topic);
    return all.empty() ? "" : all.back().payload;
  }
  const std::map<std::string, std::vector<Message>>& all() const { return messages_; }
  void forget() { messages_.clear(); }

 private:
  std::unique_ptr<mosquitto, void (*)(mosquitto*)> mosquitto_;
  std::map<std::string, std::vector<Message>> messages_;
};

}  // namespace pitbridge
