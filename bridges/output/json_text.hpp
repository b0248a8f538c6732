// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace pitbridge {

enum class JsonForm { kOneLine, kIndented };

/// In ASCII: each other character, and each control, is an escape of JSON, so that a program reads the exact
/// text and a terminal none of it. A byte that is not UTF-8, which JSON cannot hold, becomes U+FFFD.
std::string json_text(const nlohmann::ordered_json& json, JsonForm form = JsonForm::kIndented);

}  // namespace pitbridge
