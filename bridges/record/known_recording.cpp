// SPDX-License-Identifier: MIT
#include "bridges/record/known_recording.hpp"

#include <fmt/format.h>

#include <utility>

namespace pitbridge::record {

Expected<KnownRecording> KnownRecording::open(const std::string& path) {
  auto reader = RecordingReader::open(path);
  if (!reader) return tl::unexpected<Error>(std::move(reader.error()));
  const FileHeader& header = (*reader)->header();
  const Sim* sim = find_sim(header.sim);
  if (sim == nullptr)
    return fail(
        ExitCode::kFailure,
        fmt::format("{} is of the sim \"{}\", which this pitbridge does not know; use the one that made "
                    "it, pitbridge {}",
                    path, header.sim, header.writer));
  if ((*reader)->chunks().empty())
    return fail(
        ExitCode::kFailure,
        fmt::format("{} has no whole chunk: whoever recorded it was killed within the first second", path));
  return KnownRecording{std::move(*reader), sim};
}

}  // namespace pitbridge::record
