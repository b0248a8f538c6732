// SPDX-License-Identifier: MIT
// A Windows program that stands in for every sim: creates the named mappings of a title, or any others, and
// writes them as the game would. Takes commands, one a line, on standard input; answers on standard output.
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/core/decode/version.hpp"
#include "common/core/model/iracing.hpp"
#include "common/core/model/packets.hpp"
#include "common/core/model/scene.hpp"
#include "common/core/model/schedule.hpp"
#include "common/core/model/writer.hpp"
#include "tests/e2e/game/fake_socket.hpp"
#include "tests/e2e/game/played_recording.hpp"

namespace pitbridge::model {
namespace {

struct Options {
  std::string sim = "ac";
  std::string title;
  std::vector<std::string> maps;
  std::vector<std::string> optional;
  std::vector<std::string> sizes;
  double rate_hz = 0;
  double seconds = 0;
  double at_seconds = -1;
  bool pattern = false;
  bool idle = false;
  std::string backing;
  bool stamp = false;
  double jitter_us = 0;
  std::string activity = "live";
  std::string version;
  std::uint16_t port = 0;
  std::string play;
};

const std::map<std::string, Activity> kActivities = {{"off", Activity::kOff},
                                                     {"menu", Activity::kMenu},
                                                     {"replay", Activity::kReplay},
                                                     {"paused", Activity::kPaused},
                                                     {"live", Activity::kLive}};

double now_seconds() {
  LARGE_INTEGER ticks = {};
  LARGE_INTEGER frequency = {};
  QueryPerformanceCounter(&ticks);
  QueryPerformanceFrequency(&frequency);
  return static_cast<double>(ticks.QuadPart) / static_cast<double>(frequency.QuadPart);
}

/// Sleep() knows milliseconds only: a game that trusts it is late by up to one, or spins through the rest of
/// its period and takes a third of a core. ntdll's own wait counts in 100 ns.
void wait_seconds(double seconds) {
  using NtDelayExecution = LONG(NTAPI*)(BOOLEAN alertable, const LARGE_INTEGER* interval);
  static const auto delay = reinterpret_cast<NtDelayExecution>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtDelayExecution")));
  LARGE_INTEGER interval = {};
  interval.QuadPart = -static_cast<LONGLONG>(seconds * 1e7);  // negative: from now on
  if (interval.QuadPart < 0) delay(FALSE, &interval);
}

/// One named mapping of the game. Owns its handle and view.
class GameMapping {
 public:
  GameMapping(std::string name, std::string file_name, std::string backing, Detector detector,
              std::size_t size, UpdateSchedule schedule)
      : name_(std::move(name)),
        file_name_(std::move(file_name)),
        backing_(std::move(backing)),
        detector_(detector),
        size_(size),
        schedule_(schedule) {}
  GameMapping(const GameMapping&) = delete;
  ~GameMapping() { close(); }

  bool create() {
    const std::wstring wide(name_.begin(), name_.end());
    HANDLE file = INVALID_HANDLE_VALUE;
    if (!backing_.empty()) {
      file = CreateFileA((backing_ + "/" + file_name_).c_str(), GENERIC_READ | GENERIC_WRITE,
                         FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_ALWAYS, 0, nullptr);
    }
    handle_ = CreateFileMappingW(file, nullptr, PAGE_READWRITE, 0, static_cast<DWORD>(size_), wide.c_str());
    if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
    base_ = handle_ != nullptr ? MapViewOfFile(handle_, FILE_MAP_ALL_ACCESS, 0, 0, 0) : nullptr;
    if (base_ == nullptr) {
      std::fprintf(stderr, "fake_game: %s: Windows error %lu\n", name_.c_str(), GetLastError());
      return false;
    }
    schedule_.start(now_seconds());
    return true;
  }
  void close() {
    if (base_ != nullptr) UnmapViewOfFile(base_);
    if (handle_ != nullptr) CloseHandle(handle_);
    base_ = nullptr;
    handle_ = nullptr;
  }

  bool is_called(const std::string& name) const { return name == name_ || name == file_name_; }
  bool is_open() const { return base_ != nullptr; }
  bool is_due(double now) const { return base_ != nullptr && now >= schedule_.due_seconds(); }
  double next_seconds() const { return schedule_.due_seconds(); }

  std::size_t size_bytes() const { return size_; }
  /// As somebody has recorded it.
  void show(std::span<const std::byte> bytes) {
    std::memcpy(base_, bytes.data(), std::min(bytes.size(), size_));
  }

  void update(const Title* title, const Options& options, const Moment& moment) {
    schedule_.advance(now_seconds());
    if (title != nullptr && updates_ > 0 && stands_still(*title, file_name_, moment.activity)) return;
    ++updates_;
    begin_update(section(), detector_);
    if (title == nullptr || options.pattern || title->find_layout(file_name_) == nullptr) {
      write_pattern(section(), detector_, updates_);
    } else {
      if (updates_ == 1) prepare_section({section(), *title, file_name_}, moment.car, options.version);
      write_title(section(), *title, file_name_, moment, field_finder(section(), *title, file_name_));
    }
    if (options.stamp) stamp();
    end_update(section(), detector_);
  }

 private:
  std::span<std::byte> section() const { return {static_cast<std::byte*>(base_), size_}; }

  /// The performance counter into the last 8 bytes of the page-rounded section, behind every layout.
  void stamp() const {
    LARGE_INTEGER ticks = {};
    QueryPerformanceCounter(&ticks);
    const std::size_t rounded = (size_ + 4095) / 4096 * 4096;
    std::memcpy(static_cast<std::byte*>(base_) + rounded - sizeof ticks, &ticks, sizeof ticks);
  }

  std::string name_, file_name_, backing_;
  Detector detector_;
  std::size_t size_;
  UpdateSchedule schedule_;
  std::uint64_t updates_ = 0;
  HANDLE handle_ = nullptr;
  void* base_ = nullptr;
};

/// Lines that have arrived on standard input; its end is no command. Wine cannot peek into a Unix pipe, so a
/// thread of its own waits for them.
class Commands {
 public:
  Commands() {
    InitializeCriticalSection(&lock_);
    CloseHandle(CreateThread(nullptr, 0, read_input, this, 0, nullptr));
  }
  Commands(const Commands&) = delete;

  bool next(std::string& line) {
    EnterCriticalSection(&lock_);
    const auto end = pending_.find('\n');
    if (end != std::string::npos) {
      line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
    }
    LeaveCriticalSection(&lock_);
    return end != std::string::npos;
  }

 private:
  static DWORD WINAPI read_input(void* self) {
    auto& commands = *static_cast<Commands*>(self);
    char buffer[256];
    DWORD got = 0;
    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), buffer, sizeof buffer, &got, nullptr) != 0 && got != 0) {
      EnterCriticalSection(&commands.lock_);
      commands.pending_.append(buffer, got);
      LeaveCriticalSection(&commands.lock_);
    }
    return 0;
  }

  CRITICAL_SECTION lock_;
  std::string pending_;
};

class Game {
 public:
  Game(const Options& options, const Title* title, Activity activity)
      : options_(options), title_(title), activity_(activity), paused_(options.idle) {}

  bool add(const Mapping& mapping, std::size_t size) {
    const double rate = options_.rate_hz > 0 ? options_.rate_hz : mapping.detector.nominal_rate_hz;
    mappings_.emplace_back(std::string(mapping.name), std::string(mapping.file_name()), options_.backing,
                           mapping.detector, size, UpdateSchedule(rate, options_.jitter_us / 1e6));
    return mappings_.back().create();
  }

  /// For a sim that sends packets.
  bool send(const Sim& sim) {
    const auto session = static_cast<std::uint64_t>(now_seconds() * 1e6);
    sender_.emplace(packets_of(sim, *title_, session, options_.version), sim, *title_, options_.rate_hz,
                    options_.jitter_us / 1e6);
    sender_->start(now_seconds());
    socket_.emplace(options_.port != 0 ? options_.port : sim.packets->port);
    return socket_->is_open();
  }

  /// What was recorded, instead of what the model does.
  bool play(const Sim& sim, const std::string& path) {
    sim_ = &sim;
    played_.emplace(path);
    return played_->is_open();
  }

  int run() {
    const double start = now_seconds();
    double looked = start;
    say("ready");
    for (;;) {
      const double now = now_seconds();
      const double elapsed = now - start;
      if (activity_ != Activity::kPaused) clock_seconds_ += now - looked;
      looked = now;
      if (options_.seconds > 0 && elapsed >= options_.seconds) return 0;
      std::string line;
      while (commands_.next(line)) {
        if (line == "stop") return 0;
        obey(line);
      }
      double next = now + 0.05;
      const double lap_seconds = options_.at_seconds >= 0 ? options_.at_seconds : elapsed;
      const auto moment = [&] { return Moment{lap_state_at(lap_seconds), activity_, clock_seconds_}; };
      if (sender_ && !paused_) {
        if (now >= sender_->next_seconds())
          sender_->send_due(now, moment(), [&](std::span<const std::byte> packet) { socket_->send(packet); });
        next = std::min(next, sender_->next_seconds());
      }
      if (played_) next = std::min(next, start + play_until(elapsed));
      for (GameMapping& mapping : mappings_) {
        if (played_) break;
        if (!paused_ && mapping.is_due(now)) mapping.update(title_, options_, moment());
        if (!paused_ && mapping.is_open()) next = std::min(next, mapping.next_seconds());
      }
      wait_seconds(next - now_seconds());
    }
  }

 private:
  /// Shows what is due; says when the next is. What is last stays until the game ends.
  double play_until(double elapsed) {
    constexpr double kNever = 1e9;
    while (const auto& frame = played_->frame()) {
      if (frame->seconds > elapsed) return frame->seconds;
      show(*frame);
      played_->pop();
      if (!played_->frame()) say("played");
    }
    return kNever;
  }
  void show(const PlayedFrame& frame) {
    const Mapping* mapping = sim_->find_mapping(frame.file_name);
    if (mapping == nullptr) return;
    const auto is_it = [&](const GameMapping& m) { return m.is_open() && m.is_called(frame.file_name); };
    auto found = std::find_if(mappings_.begin(), mappings_.end(), is_it);
    if (found != mappings_.end() && found->size_bytes() != frame.bytes.size()) found->close();
    if (frame.bytes.empty()) return;
    found = std::find_if(mappings_.begin(), mappings_.end(), is_it);
    if (found == mappings_.end() && !add(*mapping, frame.bytes.size())) return;
    (found == mappings_.end() ? mappings_.back() : *found).show(frame.bytes);
  }

  void obey(const std::string& line) {
    const auto space = line.find(' ');
    const std::string verb = line.substr(0, space);
    const std::string name = space == std::string::npos ? "" : line.substr(space + 1);
    if (verb == "pause") {
      paused_ = true;
    } else if (verb == "resume") {
      paused_ = false;
    } else if (verb == "crash") {
      std::fflush(stdout);
      TerminateProcess(GetCurrentProcess(), 3);
    } else if (verb == "activity" && kActivities.count(name) != 0) {
      activity_ = kActivities.at(name);
    } else if (verb == "close" || verb == "create" || verb == "recreate") {
      for (GameMapping& mapping : mappings_) {
        if (!name.empty() && !mapping.is_called(name)) continue;
        if (verb != "create") mapping.close();
        if (verb != "close" && !mapping.is_open()) mapping.create();
      }
    } else {
      return say("unknown command: " + line);
    }
    say("ok " + line);
  }

  static void say(const std::string& text) {
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
  }

  const Options& options_;
  const Title* title_;
  Activity activity_;
  bool paused_;
  double clock_seconds_ = kSessionSeconds;
  std::deque<GameMapping> mappings_;  // its elements never move
  std::optional<GameSender> sender_;
  std::optional<FakeSocket> socket_;
  std::optional<PlayedRecording> played_;
  const Sim* sim_ = nullptr;  ///< of `played_`
  Commands commands_;
};

/// "NAME:NUMBER"; the number may be missing.
std::pair<std::string, std::size_t> name_and_size(const std::string& text, std::size_t fallback) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return {text, fallback};
  return {text.substr(0, colon), static_cast<std::size_t>(std::stoull(text.substr(colon + 1)))};
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app(
      "A stand-in for Windows sims. Commands on standard input: pause, resume, activity NAME, close NAME, "
      "create NAME, recreate NAME, stop, crash.");
  app.add_option("--sim", options.sim, "Family, as `pitbridge list` names it; \"none\" for --map alone");
  app.add_option("--title", options.title, "Title of the family, by id; the first by default");
  app.add_option("--map", options.maps, "A further mapping NAME:SIZE, filled with a pattern");
  app.add_option("--with", options.optional, "Also create this optional mapping");
  app.add_option("--size", options.sizes, "NAME:SIZE instead of the layout's size");
  app.add_option("--rate", options.rate_hz,
                 "Updates a second of every mapping, instead of the sim's own rates");
  app.add_option("--seconds", options.seconds, "Run so long; 0: until told to stop");
  app.add_option("--at", options.at_seconds, "Stand still at this moment of the drive");
  app.add_option("--activity", options.activity, "off, menu, replay, paused or live")
      ->check(CLI::IsMember(kActivities));
  app.add_flag("--pattern", options.pattern, "Fill every mapping with the number of the update");
  app.add_flag("--idle", options.idle,
               "Create the mappings and never write them, as a reader does that came first");
  app.add_option("--backing", options.backing,
                 "Directory of files that back the mappings, instead of the paging file");
  app.add_flag("--stamp", options.stamp, "Performance counter into the last 8 bytes of each section");
  app.add_option("--jitter", options.jitter_us,
                 "Each update is late by up to so many microseconds, at random");
  app.add_option("--version", options.version,
                 "Version of its memory that it states, and writes by if known");
  app.add_option("--port", options.port,
                 "Where a sim that sends packets sends them, instead of its own port");
  app.add_option("--play", options.play,
                 "Write what was recorded: a file that pitbridge export --format raw has made");
  CLI11_PARSE(app, argc, argv);

  const Sim* sim = find_sim(options.sim);
  if (sim == nullptr && options.sim != "none") {
    std::fprintf(stderr, "fake_game: no sim is called %s\n", options.sim.c_str());
    return 2;
  }
  const Title* title = nullptr;
  if (sim != nullptr) title = options.title.empty() ? &sim->titles.front() : sim->find_title(options.title);
  if (sim != nullptr && title == nullptr) {
    std::fprintf(stderr, "fake_game: %s has no title %s\n", options.sim.c_str(), options.title.c_str());
    return 2;
  }
  if (title != nullptr && !options.version.empty())
    for (const Title* each = title; each != nullptr; each = each->other_version)
      for (const std::string_view range : each->version.known)
        if (is_in_versions(options.version, range)) title = each;
  Game game(options, title, kActivities.at(options.activity));
  const auto chosen = [](const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (sim != nullptr && !options.play.empty()) {
    if (!game.play(*sim, options.play)) return 1;
  } else if (sim != nullptr && sim->packets != nullptr) {
    if (!game.send(*sim)) return 1;
  } else if (sim != nullptr) {
    for (const Mapping& mapping : sim->mappings) {
      const Layout* layout = title->find_layout(mapping.file_name());
      if (layout == nullptr || (mapping.optional && !chosen(options.optional, mapping.file_name()))) continue;
      std::size_t size = layout->size_bytes;
      for (const std::string& text : options.sizes)
        if (name_and_size(text, 0).first == mapping.file_name()) size = name_and_size(text, 0).second;
      if (!game.add(mapping, size)) return 1;
    }
  }
  for (const std::string& text : options.maps) {
    const auto [name, size] = name_and_size(text, 4096);
    if (!game.add(Mapping{.name = name}, size)) return 1;
  }
  return game.run();
}

}  // namespace
}  // namespace pitbridge::model

int main(int argc, char** argv) {
  return pitbridge::model::run(argc, argv);
}
