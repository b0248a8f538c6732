// SPDX-License-Identifier: MIT
#include "common/core/mirror/status_page.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "common/core/shm/relaxed_copy.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

template <typename T>
std::span<const std::byte> bytes_of(const T& object) {
  return std::as_bytes(std::span(&object, 1));
}

std::uint32_t load_word(const std::byte* shared) {
  std::uint32_t value = 0;
  load_relaxed({reinterpret_cast<std::byte*>(&value), sizeof value}, shared);
  return value;
}

std::size_t mapping_offset(std::size_t index) {
  return sizeof(StatusHeader) + index * sizeof(StatusMapping);
}

}  // namespace

std::string_view state_name(BridgeState state) {
  switch (state) {
    case BridgeState::kStopped:
      return "stopped";
    case BridgeState::kStarting:
      return "starting";
    case BridgeState::kWaiting:
      return "waiting";
    case BridgeState::kAttached:
      return "attached";
    case BridgeState::kPaused:
      return "paused";
    case BridgeState::kGone:
      return "gone";
  }
  return "unknown";
}

StatusWriter::StatusWriter(StatusSink& file, std::span<const std::byte> before)
    : file_(file), before_(before.begin(), before.end()) {
  before_.resize(kStatusPageBytes);
}

void StatusWriter::start(std::string_view sim, std::string_view prefix, std::int32_t bridge_pid,
                         std::uint64_t now_ns, std::span<const std::string> file_names) {
  // The sequences go on from what is there, rounded up: a reader who held the page through a restart sees
  // them move, also when the last bridge was killed while it wrote.
  const auto even = [&](std::size_t offset) { return (load_word(before_.data() + offset) + 1) & ~1U; };
  mappings_.assign(std::min<std::size_t>(file_names.size(), kStatusMaxMappings), StatusMapping{});
  for (std::size_t i = 0; i < mappings_.size(); ++i) {
    put_text(mappings_[i].file_name, file_names[i]);
    mappings_[i].section_fd = -1;
    mappings_[i].sequence = even(mapping_offset(i));
    store_mapping(i);
  }
  header_.sequence = even(offsetof(StatusHeader, sequence));
  header_.futex_word = load_word(before_.data() + offsetof(StatusHeader, futex_word));
  change_header([&](StatusHeader& h) {
    std::memcpy(h.magic, kStatusMagic, sizeof h.magic);
    h.version = kStatusVersion;
    h.header_bytes = sizeof(StatusHeader);
    h.mapping_bytes = sizeof(StatusMapping);
    h.mapping_count = static_cast<std::uint32_t>(mappings_.size());
    h.state = static_cast<std::uint32_t>(BridgeState::kStarting);
    h.bridge_pid = bridge_pid;
    h.bridge_start_ns = now_ns;
    h.heartbeat_ns = now_ns;
    put_text(h.sim, sim);
    put_text(h.prefix, prefix);
  });
}

template <typename Change>
void StatusWriter::change_header(Change change) {
  change(header_);
  store_header();
}

void StatusWriter::store_header() {
  constexpr std::size_t kSequence = offsetof(StatusHeader, sequence);
  constexpr std::size_t kAfter = kSequence + sizeof(std::uint32_t);
  const std::uint32_t odd = header_.sequence + 1;
  header_.sequence += 2;
  const auto all = bytes_of(header_);
  const Store stores[] = {{kSequence, bytes_of(odd)},
                          {0, all.first(kSequence)},
                          {kAfter, all.subspan(kAfter)},
                          {kSequence, bytes_of(header_.sequence)}};
  file_.publish(stores);
}

/// All of a mapping's record, under a sequence that is odd meanwhile, and odd still if it was before.
void StatusWriter::store_mapping(std::size_t mapping) {
  const StatusMapping& m = mappings_[mapping];
  const std::uint32_t odd = m.sequence | 1U;
  const Store stores[] = {
      {mapping_offset(mapping), bytes_of(odd)},
      {mapping_offset(mapping) + sizeof m.sequence, bytes_of(m).subspan(sizeof m.sequence)},
      {mapping_offset(mapping), bytes_of(m.sequence)}};
  file_.publish(stores);
}

Expected<bool> StatusWriter::check() {
  auto repaired = file_.check();
  if (!repaired || !*repaired) return repaired;
  for (std::size_t i = 0; i < mappings_.size(); ++i) store_mapping(i);
  if (header_.packets_offset != 0) store_packets();
  store_header();
  return repaired;
}

void StatusWriter::set_packets(std::uint16_t port, std::string_view sender, const PacketCounts& counts) {
  packets_.port = port;
  packets_.taken = counts.taken;
  packets_.junk_count = static_cast<std::uint32_t>(counts.junk.size());
  std::copy(counts.junk.begin(), counts.junk.end(), packets_.junk);
  put_text(packets_.sender, sender);
  store_packets();
  if (header_.packets_offset == 0)
    change_header(
        [](StatusHeader& h) { h.packets_offset = static_cast<std::uint32_t>(kStatusPacketsOffset); });
}

void StatusWriter::store_packets() {
  const Store store{kStatusPacketsOffset, bytes_of(packets_)};
  file_.publish({&store, 1});
}

void StatusWriter::set_state(BridgeState state) {
  change_header([&](StatusHeader& h) { h.state = static_cast<std::uint32_t>(state); });
  announce();
}

void StatusWriter::set_game(std::uint32_t pid, std::string_view title) {
  change_header([&](StatusHeader& h) {
    h.game_pid = pid;
    put_text(h.title, title_by_user_.empty() ? title : title_by_user_);
  });
}

void StatusWriter::set_title_by_user(std::string_view title) {
  title_by_user_ = title;
  if (!title.empty()) change_header([&](StatusHeader& h) { put_text(h.title, title); });
}

void StatusWriter::set_message(std::string_view message) {
  change_header([&](StatusHeader& h) { put_text(h.message, message); });
}

void StatusWriter::beat(std::uint64_t now_ns) {
  change_header([&](StatusHeader& h) { h.heartbeat_ns = now_ns; });
}

void StatusWriter::set_section(std::size_t mapping, bool attached, std::uint64_t size_bytes,
                               std::uint64_t device, std::uint64_t inode, std::int32_t fd) {
  if (mapping >= mappings_.size()) return;
  begin_publish(mapping);
  StatusMapping& m = mappings_[mapping];
  m.attached = attached ? 1 : 0;
  m.size_bytes = size_bytes;
  m.section_device = device;
  m.section_inode = inode;
  m.section_fd = fd;
  end_publish(mapping, kNoUpdate);
}

void StatusWriter::begin_publish(std::size_t mapping) {
  if (mapping >= mappings_.size()) return;
  StatusMapping& m = mappings_[mapping];
  ++m.sequence;
  const Store odd{mapping_offset(mapping), bytes_of(m.sequence)};
  file_.publish({&odd, 1});
}

void StatusWriter::end_publish(std::size_t mapping, std::uint64_t update_ns) {
  if (mapping >= mappings_.size()) return;
  StatusMapping& m = mappings_[mapping];
  if (update_ns != kNoUpdate) {
    ++m.updates;
    m.last_change_ns = update_ns;
  }
  ++m.sequence;
  const Store stores[] = {
      {mapping_offset(mapping) + sizeof m.sequence, bytes_of(m).subspan(sizeof m.sequence)},
      {mapping_offset(mapping), bytes_of(m.sequence)}};
  file_.publish(stores);
  announce();
}

void StatusWriter::announce() {
  ++header_.futex_word;
  const Store raised{offsetof(StatusHeader, futex_word), bytes_of(header_.futex_word)};
  file_.publish({&raised, 1});
  file_.wake_readers();
}

void StatusWriter::count(std::size_t mapping, std::uint64_t retries, std::uint64_t torn,
                         std::uint64_t repairs) {
  if (mapping >= mappings_.size()) return;
  StatusMapping& m = mappings_[mapping];
  m.retries += retries;
  m.torn += torn;
  m.repairs += repairs;
  // Counts alone need no sequence: each is one word, and they are statistics.
  const auto all = bytes_of(m);
  constexpr std::size_t kFrom = offsetof(StatusMapping, retries);
  constexpr std::size_t kTo = offsetof(StatusMapping, section_device);
  const Store counts{mapping_offset(mapping) + kFrom, all.subspan(kFrom, kTo - kFrom)};
  file_.publish({&counts, 1});
}

const StatusMapping* Status::find(std::string_view file_name) const {
  const auto it = std::find_if(mappings.begin(), mappings.end(),
                               [&](const StatusMapping& m) { return fixed_text(m.file_name) == file_name; });
  return it == mappings.end() ? nullptr : &*it;
}

std::optional<Status> read_status(std::span<const std::byte> page) {
  constexpr int kMaxAttempts = 64;
  if (page.size() < kStatusPageBytes) return std::nullopt;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    Status status;
    load_relaxed(std::as_writable_bytes(std::span(&status.header, 1)), page.data());
    std::atomic_thread_fence(std::memory_order_acquire);
    const StatusHeader& h = status.header;
    if (std::memcmp(h.magic, kStatusMagic, sizeof h.magic) != 0 || h.version != kStatusVersion) return {};
    if (h.header_bytes != sizeof(StatusHeader) || h.mapping_bytes != sizeof(StatusMapping)) return {};
    if (h.mapping_count > kStatusMaxMappings) return {};
    if (h.sequence % 2 != 0 || load_word(page.data() + offsetof(StatusHeader, sequence)) != h.sequence)
      continue;
    status.mappings.resize(h.mapping_count);
    load_relaxed(std::as_writable_bytes(std::span(status.mappings)), page.data() + mapping_offset(0));
    if (h.packets_offset == kStatusPacketsOffset && h.mapping_count < kStatusMaxMappings)
      load_relaxed(std::as_writable_bytes(std::span(&status.packets.emplace(), 1)),
                   page.data() + kStatusPacketsOffset);
    return status;
  }
  return std::nullopt;
}

}  // namespace pitbridge
