// SPDX-License-Identifier: MIT
// A Windows program that does with pitshm what a test tells it by lines on standard input. It answers each
// line with
// "#N ok ..." or "#N failed RESULT TEXT".
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "common/pitshm/mapping.hpp"
#include "common/pitshm/named_objects.hpp"
#include "common/pitshm/sequence_lock.hpp"
#include "tests/e2e/pitshm/c_client.h"
#include "tests/e2e/pitshm/guard_checks.hpp"

namespace pitbridge::e2e {
namespace {

/// A message of an exchange: a text beside its lock.
struct Message {
  char text[56];
};
using Box = pitshm::Locked<Message>;
static_assert(sizeof(Box) == 64);

/// What a storm writes: one number all over, so that a mixture is seen.
constexpr std::size_t kStormWords = 1024;

std::string failed(const pitshm::Failure& failure) {
  return "failed " + std::to_string(failure.result) + " " + failure.text;
}
std::string failed(const std::string& text) {
  return "failed 0 " + text;
}
std::string answer(const pitshm::Result<void>& done) {
  return done ? "ok" : failed(done.error());
}

/// `\xHH` of a line becomes that byte, for names that no line can hold.
std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "\\x") == 0 && i + 3 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

class Program {
 public:
  std::string run(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    words >> command >> name_;
    name_ = unescaped(name_);
    const auto it = commands_.find(command);
    return it == commands_.end() ? failed("no command is called " + command) : it->second(words);
  }

 private:
  using Words = std::istringstream;

  std::string keep(pitshm::Result<pitshm::Mapping> mapping) {
    if (!mapping) return failed(mapping.error());
    const std::string said =
        std::string(mapping->was_there() ? "there " : "made ") + std::to_string(mapping->size_bytes());
    mappings_.insert_or_assign(name_, std::move(*mapping));
    return "ok " + said;
  }
  std::string create(Words& words) {
    std::uint64_t size = 0;
    words >> size;
    return keep(pitshm::Mapping::create(name_, size));
  }
  std::string create_from_file(Words& words) {
    std::string path;
    words >> path;
    return keep(pitshm::Mapping::create_from_file(name_, path));
  }
  std::string open(Words& words) {
    std::string access;
    words >> access;
    return keep(pitshm::Mapping::open(name_, access == "ro" ? PITSHM_READ_ONLY : PITSHM_READ_WRITE));
  }
  std::string close() {
    views_.erase(name_);
    mappings_.erase(name_);
    mutexes_.erase(name_);
    events_.erase(name_);
    return "ok";
  }
  /// OFFSET SIZE ACCESS
  std::string map(Words& words) {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::string access;
    words >> offset >> size >> access;
    const auto mapping = mappings_.find(name_);
    if (mapping == mappings_.end()) return failed("that mapping is not open");
    auto view = mapping->second.view(offset, size, access == "ro" ? PITSHM_READ_ONLY : PITSHM_READ_WRITE);
    if (!view) return failed(view.error());
    const std::string said = std::to_string(view->size_bytes());
    views_.insert_or_assign(name_, std::move(*view));
    return "ok " + said;
  }

  pitshm::View& view() { return views_.at(name_); }
  /// A pattern of all bytes, that tells each place from its neighbours.
  static std::byte byte_at(std::size_t at, unsigned seed) {
    return static_cast<std::byte>(at * 31 + at / 4096 + seed);
  }
  std::string fill(Words& words) {
    unsigned seed = 0;
    words >> seed;
    std::vector<std::byte> bytes(view().size_bytes());
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = byte_at(i, seed);
    return answer(view().write(0, bytes));
  }
  std::string check(Words& words) {
    unsigned seed = 0;
    words >> seed;
    std::vector<std::byte> bytes(view().size_bytes());
    if (const auto read = view().read(0, bytes); !read) return failed(read.error());
    for (std::size_t i = 0; i < bytes.size(); ++i)
      if (bytes[i] != byte_at(i, seed)) return failed("another byte at " + std::to_string(i));
    return "ok";
  }
  /// LOCK TEXT
  std::string send(Words& words) {
    std::size_t lock = 0;
    Message message = {};
    std::string text;
    words >> lock >> text;
    text.copy(message.text, sizeof message.text - 1);
    return answer(view().write_locked(lock, lock + sizeof(pitshm_sequence_lock),
                                      std::as_bytes(std::span(message.text))));
  }
  std::string receive(Words& words) {
    std::size_t lock = 0;
    words >> lock;
    Message message = {};
    const auto read = view().read_locked(lock, lock + sizeof(pitshm_sequence_lock),
                                         std::as_writable_bytes(std::span(message.text)));
    return read ? "ok " + std::string(message.text) : failed(read.error());
  }
  /// Waits for a message in the first box, and answers it in the second, in capitals.
  std::string reply() {
    auto* boxes = reinterpret_cast<Box*>(view().data());
    std::string said;
    const auto done = view().guarded([&] {
      while (boxes[0].news() == answered_[name_]) {
      }
      answered_[name_] = boxes[0].news();
      const auto message = boxes[0].read();
      if (!message) return;
      Message answer_text = *message;
      for (char& c : answer_text.text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      boxes[1].write(answer_text);
      said = message->text;
    });
    return done ? "ok " + said : failed(done.error());
  }
  /// COUNT updates as fast as they go.
  std::string storm(Words& words) {
    std::uint32_t count = 0;
    words >> count;
    std::vector<std::uint32_t> update(kStormWords);
    for (std::uint32_t n = 1; n <= count; ++n) {
      update.assign(kStormWords, n);
      const auto done =
          view().write_locked(0, sizeof(pitshm_sequence_lock), std::as_bytes(std::span(update)));
      if (!done) return failed(done.error());
    }
    return "ok";
  }
  /// Reads until update COUNT was seen; no read may mix two.
  std::string watch(Words& words) {
    std::uint32_t count = 0;
    words >> count;
    std::vector<std::uint32_t> seen(kStormWords);
    for (std::uint64_t reads = 1;; ++reads) {
      const auto done =
          view().read_locked(0, sizeof(pitshm_sequence_lock), std::as_writable_bytes(std::span(seen)));
      if (!done && done.error().result != PITSHM_BUSY) return failed(done.error());
      if (!done) continue;
      for (const std::uint32_t word : seen)
        if (word != seen.front())
          return failed("a mixture of " + std::to_string(word) + " and " + std::to_string(seen.front()));
      if (seen.front() == count) return "ok " + std::to_string(reads);
    }
  }
  std::string guard() {
    const std::string fault = guard_fault(view());
    return fault.empty() ? "ok" : failed(fault);
  }

  std::string make_mutex() {
    auto mutex = pitshm::Mutex::create(name_);
    if (!mutex) return failed(mutex.error());
    mutexes_.insert_or_assign(name_, std::move(*mutex));
    return "ok";
  }
  std::string acquire(Words& words) {
    std::uint32_t timeout_ms = 0;
    words >> timeout_ms;
    const auto abandoned = mutexes_.at(name_).acquire(pitshm::Timeout(timeout_ms));
    if (!abandoned) return failed(abandoned.error());
    return *abandoned ? "ok abandoned" : "ok held";
  }
  std::string make_event(Words& words) {
    std::string kind;
    words >> kind;
    auto event = pitshm::Event::create(name_, kind == "all" ? PITSHM_WAKES_ALL : PITSHM_WAKES_ONE);
    if (!event) return failed(event.error());
    events_.insert_or_assign(name_, std::move(*event));
    return "ok";
  }
  std::string wait(Words& words) {
    std::uint32_t timeout_ms = 0;
    words >> timeout_ms;
    return answer(events_.at(name_).wait(pitshm::Timeout(timeout_ms)));
  }
  static std::string missing_handles() {
    const int line = pitshm_test_missing_handles();
    return line == 0 ? "ok" : failed("c_client.c:" + std::to_string(line));
  }

  std::string name_;
  std::map<std::string, pitshm::Mapping> mappings_;
  std::map<std::string, pitshm::View> views_;
  std::map<std::string, pitshm::Mutex> mutexes_;
  std::map<std::string, pitshm::Event> events_;
  std::map<std::string, std::uint32_t> answered_;
  const std::map<std::string, std::function<std::string(Words&)>> commands_ = {
      {"create", [this](Words& words) { return create(words); }},
      {"file", [this](Words& words) { return create_from_file(words); }},
      {"open", [this](Words& words) { return open(words); }},
      {"close", [this](Words& /*words*/) { return close(); }},
      {"map", [this](Words& words) { return map(words); }},
      {"fill", [this](Words& words) { return fill(words); }},
      {"check", [this](Words& words) { return check(words); }},
      {"send", [this](Words& words) { return send(words); }},
      {"receive", [this](Words& words) { return receive(words); }},
      {"reply", [this](Words& /*words*/) { return reply(); }},
      {"storm", [this](Words& words) { return storm(words); }},
      {"watch", [this](Words& words) { return watch(words); }},
      {"guard", [this](Words& /*words*/) { return guard(); }},
      {"mutex", [this](Words& /*words*/) { return make_mutex(); }},
      {"acquire", [this](Words& words) { return acquire(words); }},
      {"release", [this](Words& /*words*/) { return answer(mutexes_.at(name_).release()); }},
      {"event", [this](Words& words) { return make_event(words); }},
      {"set", [this](Words& /*words*/) { return answer(events_.at(name_).set()); }},
      {"reset", [this](Words& /*words*/) { return answer(events_.at(name_).reset()); }},
      {"wait", [this](Words& words) { return wait(words); }},
      {"handles", [](Words& /*words*/) { return missing_handles(); }},
  };
};

}  // namespace
}  // namespace pitbridge::e2e

int main() {
  pitbridge::e2e::Program program;
  std::string line;
  std::puts("ready");
  std::fflush(stdout);
  for (int n = 1; std::getline(std::cin, line) && line != "quit"; ++n) {
    std::printf("#%d %s\n", n, program.run(line).c_str());
    std::fflush(stdout);
  }
}
