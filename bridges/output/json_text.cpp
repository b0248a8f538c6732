// SPDX-License-Identifier: MIT
#include "bridges/output/json_text.hpp"

#include <nlohmann/json.hpp>

namespace pitbridge {

std::string json_text(const nlohmann::ordered_json& json, JsonForm form) {
  using Json = nlohmann::ordered_json;
  constexpr bool kEscapesAllButAscii = true;
  return json.dump(form == JsonForm::kIndented ? 2 : -1, ' ', kEscapesAllButAscii,
                   Json::error_handler_t::replace);
}

}  // namespace pitbridge
