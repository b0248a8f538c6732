// SPDX-License-Identifier: MIT
#pragma once

namespace pitbridge {

/// Asks the system to let this thread run soon after it wakes up, for a short time, also where others want
/// all cores: for who works some microseconds at exact moments. Costs nobody anything, needs no right, and is
/// known to Linux 6.12 and later; others go on as before.
void ask_for_short_slices();

}  // namespace pitbridge
