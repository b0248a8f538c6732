// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/settings/environment.hpp"

namespace pitbridge {

/// The variables of this process as they are now.
Environment own_environment();

}  // namespace pitbridge
