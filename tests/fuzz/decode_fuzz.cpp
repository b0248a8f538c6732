// SPDX-License-Identifier: MIT
// Everything that reads a game's bytes: which title they are of, the player's record, iRacing's own tables,
// and every quantity. The first byte chooses the sim and title, the rest is cut over its mappings.
#include <algorithm>

#include "common/core/decode/telemetry.hpp"
#include "common/core/decode/title.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace pitbridge {
namespace {

struct Case {
  const Sim* sim;
  const Title* title;
};

const std::vector<Case>& all_cases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> all;
    for (const Sim* sim : all_sims())
      for (const Title& title : sim->titles) all.push_back({sim, &title});
    return all;
  }();
  return cases;
}

/// One mapping, about as long as its layout at the most: zeros, and so many bytes of the input. They are laid
/// down twice, at the start and before the end, so that a short input reaches any field of a long layout.
std::vector<std::byte> take_mapping(fuzz::Input& input, const Layout& layout) {
  constexpr std::size_t kStep = 8;  // so that two bytes name every length
  const std::size_t size = (std::size_t{input.take_u16()} * kStep) % (layout.size_bytes + 8 * kStep);
  const auto content = input.take(std::min<std::size_t>(input.take_u16(), size));
  std::vector<std::byte> bytes(size);
  std::copy(content.begin(), content.end(), bytes.begin());
  std::copy_backward(content.begin(), content.end(), bytes.end());
  return bytes;
}

void check_telemetry(const Telemetry& telemetry) {
  for (const QuantityInfo& info : kQuantities) {
    const auto& value = telemetry[info.quantity];
    if (!value) continue;
    fuzz::require(std::holds_alternative<std::string>(*value) == info.text);
    if (const auto* list = std::get_if<std::vector<double>>(&*value))
      fuzz::require(list->size() == info.count);
    if (const auto* text = std::get_if<std::string>(&*value)) fuzz::require(fuzz::is_utf8(*text));
  }
}

}  // namespace
}  // namespace pitbridge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitbridge;
  fuzz::Input input(data, size);
  const Case& chosen = all_cases()[input.take_u8() % all_cases().size()];
  Snapshot snapshot;
  for (const Layout& layout : chosen.title->layouts)
    snapshot.set(layout.mapping, take_mapping(input, layout));

  (void)identify_title(*chosen.sim, "", snapshot);
  for (const Channel& channel : chosen.title->channels)
    if (chosen.title->player_offset_bytes != nullptr)
      (void)chosen.title->player_offset_bytes(snapshot, channel);
  ActivityWatch watch;
  for (const std::int64_t now_ns : {0, 1}) check_telemetry(decode(*chosen.title, snapshot, watch, now_ns));
  for (const Layout& layout : chosen.title->layouts) {
    for (const Field& field : layout.fields) {
      const auto found = find_title_field(*chosen.title, snapshot, layout.mapping, field.name);
      fuzz::require(found && found->offset_bytes == field.offset_bytes);
      (void)snapshot.text(layout.mapping, field);
    }
  }
  return 0;
}
