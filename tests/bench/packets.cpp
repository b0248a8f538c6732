// SPDX-License-Identifier: MIT
#include "tests/bench/packets.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <utility>

#include "common/core/model/packets.hpp"
#include "common/core/packets/classify.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/bench/stage.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/bench/usage.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/wine_environment.hpp"
#include "tests/unit/support/loopback.hpp"

namespace pitbridge::bench {
namespace {

namespace fs = std::filesystem;
using e2e::Process;

constexpr char kUdp[] = "pitbridge udp";
constexpr char kLoop[] = "reference: recvfrom and copy";
constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::size_t kFileBytes = 4096;
/// A packet that is not there by then is lost.
constexpr std::int64_t kPatienceNs = kSecondNs / 10;

/// The one with the most kinds of packets, of which each names its order.
const Sim& chosen_sim() {
  if (const Sim* f1 = find_sim("f1")) return *f1;
  return *find_sim("lfs");
}

class MappedFile {
 public:
  explicit MappedFile(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    void* at = fd ? ::mmap(nullptr, kFileBytes, PROT_READ, MAP_SHARED, fd.get(), 0) : MAP_FAILED;
    if (at != MAP_FAILED) data_ = static_cast<const std::byte*>(at);
  }
  MappedFile(MappedFile&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), kFileBytes);
  }

  bool is_open() const { return data_ != nullptr; }
  std::uint32_t word(std::uint32_t offset_bytes) const {
    std::uint32_t word = 0;  // it need not be aligned; what is half-written is no number that is waited for
    std::memcpy(&word, data_ + offset_bytes, sizeof word);
    return word;
  }

 private:
  const std::byte* data_ = nullptr;
};

/// A kind of packet that a game sends, and the file in which it must arrive.
struct Kind {
  model::GamePacket packet;
  std::uint32_t order_bytes;
  std::optional<MappedFile> file = {};
};

/// One receiver that is measured, with its own directory and port.
class Receiver {
 public:
  explicit Receiver(const std::string& variant, const Sim& sim)
      : is_ours_(variant == kUdp),
        sim_(sim),
        directory_(fs::path("/dev/shm") / fmt::format("pitbridge-bench-packets-{}", ::getpid())) {
    fs::create_directories(directory_);
    const std::string port = std::to_string(port_);
    const std::string name(sim.name);
    process_.emplace(Process::Setup{
        .arguments =
            is_ours_ ? std::vector<std::string>{e2e::built("bin/pitbridge"), "udp", name, "--port", port}
                     : std::vector<std::string>{e2e::built("tests/packet_copier"), port, directory_.string()},
        .environment = {{"PITBRIDGE_SHM_DIR", directory_.string()}, {"PITBRIDGE_CONFIG_FILE", "/dev/null"}},
        .in_child = [] { pin_to(kStageCore); }});
    if (!process_->says(is_ours_ ? "waiting for packets" : "ready"))
      throw std::runtime_error("bench: the receiver does not start: " + process_->output());
  }
  Receiver(const Receiver&) = delete;
  ~Receiver() {
    process_->signal(SIGTERM);
    (void)process_->wait();
    fs::remove_all(directory_);
  }

  std::uint16_t port() const { return port_; }
  /// The copier has one file, for the packet that came last.
  std::string file_of(std::string_view mapping) const {
    return (directory_ / (is_ours_ ? std::string(mapping) : "packet")).string();
  }
  Usage usage() const { return usage_of(with_children(process_->pid())); }
  /// Packets that have arrived in files.
  std::uint64_t arrived() const {
    if (!is_ours_) return MappedFile(file_of("")).word(kFileBytes - sizeof(std::uint32_t));
    std::uint64_t sum = 0;
    if (const auto status = read_status_of(directory_.string(), sim_.name))
      for (const StatusMapping& mapping : status->mappings) sum += mapping.updates;
    return sum;
  }

 private:
  bool is_ours_;
  const Sim& sim_;
  fs::path directory_;
  std::uint16_t port_ = Loopback::free_port();
  std::optional<Process> process_;
};

std::vector<Kind> kinds_of(const Sim& sim, bool one) {
  const Title& title = sim.titles.front();
  std::vector<Kind> kinds;
  for (model::GamePacket& packet : model::packets_of(sim, title, 1, "")) {
    const model::Moment moment = {model::lap_state_at(0), Activity::kLive, 0};
    const PacketKind* kind = classify(sim.packets->kinds, packet.next(moment, 1)).kind;
    if (kind == nullptr || kind->order_width_bytes < sizeof(std::uint32_t)) continue;
    kinds.push_back({std::move(packet), kind->order_offset_bytes});
    if (one) break;
  }
  if (kinds.empty()) throw std::runtime_error("bench: no packet of the sim has an order");
  return kinds;
}

void wait_for(const Kind& kind, std::uint32_t frame, std::int64_t start_ns, PacketFigures& figures) {
  MonotonicClock clock;
  std::int64_t now_ns = clock.now_ns();
  for (; kind.file->word(kind.order_bytes) != frame; now_ns = clock.now_ns())
    if (now_ns - start_ns > kPatienceNs) return;
  figures.latencies_us.push_back(static_cast<double>(now_ns - start_ns) / 1000);
}

/// Sends all kinds, and waits for the last of them.
void send_frame(std::vector<Kind>& kinds, const Loopback& game, std::uint16_t port, std::uint32_t frame,
                PacketFigures& figures) {
  const model::Moment moment = {model::lap_state_at(frame / 60.0), Activity::kLive, frame / 60.0};
  std::vector<std::vector<std::byte>> packets;
  for (Kind& kind : kinds) {
    const auto packet = kind.packet.next(moment, frame);
    packets.emplace_back(packet.begin(), packet.end());
  }
  MonotonicClock clock;
  const std::int64_t start_ns = clock.now_ns();
  for (const auto& packet : packets) figures.sent += game.send_to(port, packet) ? 1 : 0;
  if (kinds.back().file) wait_for(kinds.back(), frame, start_ns, figures);
}

PacketFigures measure(const std::string& variant, bool one, double rate_hz, double seconds) {
  const Sim& sim = chosen_sim();
  Receiver receiver(variant, sim);
  std::vector<Kind> kinds = kinds_of(sim, one);
  const Loopback game;
  MonotonicClock clock;
  std::uint32_t frame = 1'000;
  PacketFigures ignored;
  // Until every file is there, as for any reader.
  const std::int64_t give_up_ns = clock.now_ns() + 20 * kSecondNs;
  const auto are_open = [&] {
    for (Kind& kind : kinds)
      if (!kind.file || !kind.file->is_open()) kind.file.emplace(receiver.file_of(kind.packet.mapping()));
    return std::all_of(kinds.begin(), kinds.end(), [&](const Kind& kind) {
      return kind.file->is_open() && (variant == kLoop || kind.file->word(kind.order_bytes) != 0);
    });
  };
  for (bool ready = false; !ready; ready = are_open()) {
    if (clock.now_ns() > give_up_ns) throw std::runtime_error("bench: no packet arrives with " + variant);
    for (Kind& kind : kinds) kind.file.reset();
    send_frame(kinds, game, receiver.port(), ++frame, ignored);
    clock.sleep_until(clock.now_ns() + kSecondNs / 20);
  }
  PacketFigures figures;
  const std::uint64_t arrived_before = receiver.arrived();
  const Usage before = receiver.usage();
  const std::int64_t start_ns = clock.now_ns();
  const auto period_ns = static_cast<std::int64_t>(1e9 / rate_hz);
  const auto end_ns = start_ns + static_cast<std::int64_t>(seconds * 1e9);
  for (std::int64_t due_ns = start_ns; due_ns < end_ns; due_ns += period_ns) {
    clock.sleep_until(due_ns);
    send_frame(kinds, game, receiver.port(), ++frame, figures);
  }
  const double passed_s = static_cast<double>(clock.now_ns() - start_ns) / 1e9;
  const Usage used = receiver.usage() - before;
  clock.sleep_until(clock.now_ns() + kSecondNs / 10);
  const std::uint64_t arrived = receiver.arrived() - arrived_before;
  figures.lost = figures.sent - std::min(arrived, figures.sent);
  figures.cpu_percent = static_cast<double>(used.cpu_ns) / 1e7 / passed_s;
  figures.wake_ups_hz = static_cast<double>(used.wake_ups) / passed_s;
  return figures;
}

PacketFigures measure_idle(const std::string& variant, double seconds) {
  const Receiver receiver(variant, chosen_sim());
  MonotonicClock clock;
  clock.sleep_until(clock.now_ns() + 2 * kSecondNs);
  const Usage before = receiver.usage();
  clock.sleep_until(clock.now_ns() + static_cast<std::int64_t>(seconds * 1e9));
  const Usage used = receiver.usage() - before;
  PacketFigures figures;
  figures.cpu_percent = static_cast<double>(used.cpu_ns) / 1e7 / seconds;
  figures.wake_ups_hz = static_cast<double>(used.wake_ups) / seconds;
  return figures;
}

std::string microseconds(const PacketFigures& figures, double part) {
  const auto value = percentile(figures.latencies_us, part);
  return value ? fmt::format("{:.0f}", *value) : "-";
}

}  // namespace

void run_packets(double seconds, PacketResults& results) {
  const std::string name(chosen_sim().name);
  const auto count = kinds_of(chosen_sim(), false).size();
  for (const char* variant : {kLoop, kUdp}) {
    results[fmt::format("{}: all {} kinds at 60 Hz", name, count)][variant] =
        measure(variant, false, 60, seconds);
    results[fmt::format("{}: one kind at 1000 Hz", name)][variant] = measure(variant, true, 1000, seconds);
    results[fmt::format("{}: no packet", name)][variant] = measure_idle(variant, seconds);
  }
}

std::string table_of_packets(const PacketResults& results) {
  if (results.empty()) return "";
  std::string text =
      "\n## Packets\n\nFrom before a packet is sent, of several at once the first, until the last one is in "
      "its "
      "file.\n\n"
      "| case | variant | p50 us | p99 us | sent | lost | CPU % | wake-ups/s "
      "|\n|---|---|---|---|---|---|---|---|\n";
  for (const auto& [name, variants] : results)
    for (const auto& [variant, figures] : variants)
      text += fmt::format("| {} | {} | {} | {} | {} | {} | {:.2f} | {:.0f} |\n", name, variant,
                          microseconds(figures, 0.5), microseconds(figures, 0.99), figures.sent, figures.lost,
                          figures.cpu_percent, figures.wake_ups_hz);
  return text;
}

}  // namespace pitbridge::bench
