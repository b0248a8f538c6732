// SPDX-License-Identifier: MIT
// The status page as a reader takes it: the input is laid over a good page, so that more than the magic word
// is reached.
#include <algorithm>

#include "common/core/mirror/status_page.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/unit/support/memory_sink.hpp"

namespace pitbridge {
namespace {

std::vector<std::byte> good_page() {
  std::vector<std::byte> page(kStatusPageBytes);
  MemorySink file(page);
  StatusWriter writer(file, page);
  const std::string names[] = {"one", "two"};
  writer.start("toy", "/prefix", 1, 2, names);
  return page;
}

void check_status(std::span<const std::byte> page) {
  const auto status = read_status(page);
  if (!status) return;
  fuzz::require(page.size() >= kStatusPageBytes);
  fuzz::require(status->mappings.size() == status->header.mapping_count);
  fuzz::require(status->mappings.size() <= kStatusMaxMappings);
  fuzz::require(status->header.sequence % 2 == 0);
  fuzz::require(fixed_text(status->header.sim).size() <= sizeof status->header.sim);
  (void)state_name(static_cast<BridgeState>(status->header.state));
  for (const StatusMapping& mapping : status->mappings)
    fuzz::require(status->find(fixed_text(mapping.file_name)) != nullptr);
}

}  // namespace
}  // namespace pitbridge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitbridge;
  fuzz::Input input(data, size);
  const bool raw = input.take_u8() % 2 != 0;
  // The page is read as words, so it is aligned as a mapped file is.
  std::vector<std::byte> page = raw ? std::vector<std::byte>() : good_page();
  if (raw) {
    const auto rest = input.take(size);
    page.assign(rest.begin(), rest.end());
  }
  // Each patch: where, how long, and the bytes.
  while (!raw && input.left() > 3) {
    const std::size_t at = input.take_u16() % page.size();
    const auto patch = input.take(std::min<std::size_t>(input.take_u8(), page.size() - at));
    std::copy(patch.begin(), patch.end(), page.begin() + static_cast<std::ptrdiff_t>(at));
  }
  check_status(page);
  return 0;
}
