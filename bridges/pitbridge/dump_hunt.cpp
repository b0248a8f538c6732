// SPDX-License-Identifier: MIT
#include "bridges/pitbridge/dump_hunt.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <optional>
#include <utility>

#include "bridges/dump/hunt.hpp"
#include "bridges/output/output.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

void print_places(const Hunt& hunt, const DumpLook& look) {
  constexpr std::size_t kMostShown = 40;
  const auto& places = hunt.places();
  print_line("{} place{}{}", places.size(), places.size() == 1 ? "" : "s", places.empty() ? "" : ":");
  const std::vector<NamedField> fields = look.fields();
  for (std::size_t i = 0; i < std::min(places.size(), kMostShown); ++i) {
    const HuntPlace& place = places[i];
    std::string name;
    for (const NamedField& each : fields)
      if (each.field.offset_bytes <= place.offset_bytes &&
          place.offset_bytes < each.field.offset_bytes + each.field.size_bytes())
        name = each.name;
    print_line("  {:06x} {:>8}  {:<8} {:<14.9g} {}", place.offset_bytes, place.offset_bytes,
               type_name(place.type), place.value, name);
  }
  if (places.size() > kMostShown) print_line("  ... and {} more", places.size() - kMostShown);
}

Expected<void> save(const Hunt& hunt, const std::string& mapping, const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  const std::string saved = hunt.saved(mapping);
  std::string_view text = saved;
  while (file && !text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written <= 0) break;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file && text.empty()) return {};
  return fail(ExitCode::kOutputRefused,
              fmt::format("--state: cannot write {}: {}", path, system_message(errno)));
}

/// The hunt that the state file tells of; nothing where there is no such file yet.
Expected<std::optional<Hunt>> earlier_hunt(const std::string& mapping, const std::string& path) {
  constexpr std::size_t kMostBytes = std::size_t{128} << 20U;
  if (path.empty()) return std::nullopt;
  const auto text = small_file(path, kMostBytes);
  if (!text && errno == ENOENT) return std::nullopt;
  if (!text)
    return fail(ExitCode::kUsage, fmt::format("--state: cannot read {}: {}", path, system_message(errno)));
  auto hunt = Hunt::loaded(*text, mapping);
  if (hunt) return std::optional(std::move(*hunt));
  return fail(ExitCode::kUsage,
              fmt::format("--state: {}: {}; remove it to begin anew", path, hunt.error().message));
}

}  // namespace

Expected<void> hunt(const Sim& sim, const std::string& directory, DumpLook look, const DumpHunt& options) {
  const auto types = parse_types(options.types);
  if (!types) return tl::unexpected<Error>(types.error());
  const auto first = parse_look(options.find);
  if (!first) return fail(first.error().code, "--find: " + first.error().message);
  auto earlier = earlier_hunt(look.mapping, options.state);
  if (!earlier) return tl::unexpected<Error>(std::move(earlier.error()));
  if (*earlier) {
    (*earlier)->narrow(look.bytes(), *first);
  } else {
    auto begun = Hunt::begin(look.bytes(), *types, *first);
    if (!begun) return tl::unexpected<Error>(std::move(begun.error()));
    *earlier = std::move(*begun);
  }
  Hunt& hunt = **earlier;
  print_places(hunt, look);
  if (!options.state.empty()) {
    if (auto done = save(hunt, look.mapping, options.state); !done) return done;
    return flush_output();
  }
  const bool asks = ::isatty(STDIN_FILENO) != 0;
  std::string line;
  while (!hunt.places().empty()) {
    if (asks)
      print_line("What is it now? A value, or changed, unchanged, increased, decreased; an empty line ends.");
    if (auto done = flush_output(); !done) return done;
    if (!std::getline(std::cin, line) || line.empty()) break;
    const auto next = parse_look(line);
    if (!next) {
      complain(next.error().message, "dump");
      if (!asks) return fail(next.error().code, "a line of the input is no look");
      continue;
    }
    look.reading = read_mirror(directory, sim);
    hunt.narrow(look.bytes(), *next);
    print_places(hunt, look);
  }
  return flush_output();
}

}  // namespace pitbridge
