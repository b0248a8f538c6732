// SPDX-License-Identifier: MIT
#include "bridges/record/motec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "bridges/record/texts.hpp"
#include "bridges/record/wire.hpp"

namespace pitbridge::record {
namespace {

constexpr std::size_t kHeadBytes = 1762, kEventBytes = 1154, kVenueBytes = 1100, kVehicleBytes = 260;
constexpr std::size_t kChannelBytes = 124;
constexpr std::size_t kEventAt = kHeadBytes, kVenueAt = kEventAt + kEventBytes;
constexpr std::size_t kVehicleAt = kVenueAt + kVenueBytes, kChannelsAt = kVehicleAt + kVehicleBytes;

/// The fields hold ASCII.
std::string ascii(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && byte < 0xC0) continue;  // the rest of a character of UTF-8
    out += byte < 0x20 || byte >= 0x7F ? '?' : c;
  }
  return out;
}

/// Puts the fields of a block at their offsets.
class Block {
 public:
  explicit Block(std::size_t size_bytes) : bytes_(size_bytes) {}

  template <typename T>
  void number(std::size_t at, T value) {
    std::vector<std::byte> field;
    WireWriter(field).number(value);
    std::ranges::copy(field, bytes_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void text(std::size_t at, std::size_t field_bytes, const std::string& text) {
    std::vector<std::byte> field;
    WireWriter(field).text(ascii(text), field_bytes);
    std::ranges::copy(field, bytes_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void end(WireWriter& to) const { to.bytes(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

void put_head(const MotecLog& log, std::uint32_t data_at, WireWriter& to) {
  Block head(kHeadBytes);
  head.number(0, std::uint32_t{0x40});
  head.number(8, static_cast<std::uint32_t>(kChannelsAt));
  head.number(12, data_at);
  head.number(36, static_cast<std::uint32_t>(kEventAt));
  // Of a logger that these programs know.
  head.number(64, std::uint16_t{1});
  head.number(66, std::uint16_t{0x4240});
  head.number(68, std::uint16_t{0xF});
  head.number(70, std::uint32_t{0x1F44});
  head.text(74, 8, "ADL");
  head.number(82, std::uint16_t{420});
  head.number(84, std::uint16_t{0xADB0});
  head.number(86, static_cast<std::uint32_t>(log.channels.size()));
  head.text(94, 16, date_by("%d/%m/%Y", log.start_unix_ns));
  head.text(126, 16, date_by("%H:%M:%S", log.start_unix_ns));
  head.text(158, 64, log.driver);
  head.text(222, 64, log.vehicle);
  head.text(350, 64, log.venue);
  head.number(1502, std::uint32_t{0xC81A4});  // without it the better of the programs refuse the file
  head.text(1572, 64, log.comment);
  head.end(to);
}

void put_event(const MotecLog& log, WireWriter& to) {
  Block event(kEventBytes);
  event.text(0, 64, log.venue);
  event.text(64, 64, log.session);
  event.text(128, 1024, log.comment);
  event.number(1152, static_cast<std::uint16_t>(kVenueAt));
  event.end(to);
  Block venue(kVenueBytes);
  venue.text(0, 64, log.venue);
  venue.number(1098, static_cast<std::uint16_t>(kVehicleAt));
  venue.end(to);
  Block vehicle(kVehicleBytes);
  vehicle.text(0, 64, log.vehicle);
  vehicle.end(to);
}

void put_channel(const MotecLog& log, std::size_t i, std::uint32_t data_at, WireWriter& to) {
  constexpr std::uint16_t kFloat = 7, kFloatBytes = 4, kFirstNumber = 0x2EE1;
  const MotecChannel& channel = log.channels[i];
  const auto at = [](std::size_t number) {
    return static_cast<std::uint32_t>(kChannelsAt + number * kChannelBytes);
  };
  Block block(kChannelBytes);
  block.number(0, i == 0 ? 0U : at(i - 1));
  block.number(4, i + 1 == log.channels.size() ? 0U : at(i + 1));
  block.number(8, data_at);
  block.number(12, static_cast<std::uint32_t>(channel.samples.size()));
  block.number(16, static_cast<std::uint16_t>(kFirstNumber + i));
  block.number(18, kFloat);
  block.number(20, kFloatBytes);
  block.number(22, log.rate_hz);
  // value = (sample / scale * 10^-decimals + shift) * factor
  block.number(24, std::uint16_t{0});
  block.number(26, std::uint16_t{1});
  block.number(28, std::uint16_t{1});
  block.number(30, std::uint16_t{0});
  block.text(32, 32, channel.name);
  block.text(64, 8, channel.name);
  block.text(72, 12, channel.unit);
  block.end(to);
}

}  // namespace

tl::unexpected<Error> refuse_motec_size() {
  return fail(ExitCode::kUsage,
              "a MoTeC log cannot be longer than 4 GiB; choose fewer --channels or a lower --rate");
}

Expected<std::vector<std::byte>> encode_ld(const MotecLog& log) {
  const std::size_t samples = log.channels.empty() ? 0 : log.channels.front().samples.size();
  const std::size_t data_at = kChannelsAt + log.channels.size() * kChannelBytes;
  const std::uint64_t size = data_at + std::uint64_t{log.channels.size()} * samples * sizeof(float);
  if (size > kMostMotecBytes) return refuse_motec_size();
  std::vector<std::byte> out;
  out.reserve(static_cast<std::size_t>(size));
  WireWriter to(out);
  put_head(log, static_cast<std::uint32_t>(data_at), to);
  put_event(log, to);
  for (std::size_t i = 0; i < log.channels.size(); ++i)
    put_channel(log, i, static_cast<std::uint32_t>(data_at + i * samples * sizeof(float)), to);
  for (const MotecChannel& channel : log.channels)
    for (const float sample : channel.samples) to.number(std::bit_cast<std::uint32_t>(sample));
  return out;
}

std::string encode_ldx(const std::vector<Lap>& laps) {
  std::string markers;
  std::size_t count = 0;
  const Lap* best = fastest(laps);
  std::size_t best_number = 0;
  for (std::size_t i = 0; i < laps.size(); ++i) {
    // Their laps are what lies between two beacons, whatever the sim's numbers are.
    if (&laps[i] == best) best_number = count + 1;
    if (i + 1 == laps.size() || laps[i + 1].begin_ns != laps[i].end_ns) continue;
    ++count;
    markers += fmt::format(
        "     <Marker Version=\"100\" ClassName=\"BCN\" Name=\"Manual.{}\" Flags=\"77\" Time=\"{:.17e}\"/>\n",
        count, static_cast<double>(laps[i].end_ns) / 1000);
  }
  std::string details = fmt::format("   <String Id=\"Total Laps\" Value=\"{}\"/>\n", count + 1);
  if (best != nullptr) {
    const double minutes = static_cast<double>(static_cast<int>(*best->seconds / 60));
    details += fmt::format(
        "   <String Id=\"Fastest Time\" Value=\"{:.0f}:{:06.3f}\"/>\n   <String Id=\"Fastest Lap\" "
        "Value=\"{}\"/>\n",
        minutes, *best->seconds - 60 * minutes, best_number);
  }
  return fmt::format(
      "<?xml version=\"1.0\"?>\n<LDXFile Locale=\"English_United States.1252\" DefaultLocale=\"C\" "
      "Version=\"1.6\">\n"
      " <Layers>\n  <Layer>\n   <MarkerBlock>\n    <MarkerGroup Name=\"Beacons\" Index=\"{}\">\n{}"
      "    </MarkerGroup>\n   </MarkerBlock>\n   <RangeBlock/>\n  </Layer>\n  <Details>\n{}  </Details>\n"
      " </Layers>\n</LDXFile>\n",
      count, markers, details);
}

}  // namespace pitbridge::record
