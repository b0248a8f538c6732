// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/core/launch/bridge_kind.hpp"
#include "common/posix/session/wine_session.hpp"

namespace pitbridge {

/// By the prefix's registry, and by the files of the Wine whose loader this is. Both as paths that we can
/// open; either may be empty: nothing is known of it then.
WineTraits wine_traits(const std::string& prefix, const std::string& loader);
WineTraits wine_traits(const WineSession& session, const std::string& root = {});

}  // namespace pitbridge
