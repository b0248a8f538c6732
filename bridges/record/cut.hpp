// SPDX-License-Identifier: MIT
#pragma once

#include "bridges/record/known_recording.hpp"
#include "bridges/record/writer.hpp"

namespace pitbridge::record {

/// A part of a recording, from one moment up to another, as a recording of its own.
Expected<void> cut(RecordingReader& from, std::int64_t begin_ns, std::int64_t end_ns, RecordingWriter& to);

}  // namespace pitbridge::record
