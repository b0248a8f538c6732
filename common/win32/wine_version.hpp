// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace pitbridge {

/// The version of the Wine that runs this program, as it names itself; "not Wine" elsewhere.
std::string wine_version();

}  // namespace pitbridge
