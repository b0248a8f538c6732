// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/mirror/ports.hpp"
#include "common/core/settings/bridge_options.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/lock_file.hpp"

namespace pitbridge {

/// Makes this bridge the only one of its prefix. Fails with kAlreadyRunning when there is one, as holder of
/// the place or as challenger; and when a bridge of another prefix has the place of a sim without titles, of
/// whose games nothing can be told.
Expected<std::unique_ptr<LockFile>> enter_place(const Sim& sim, const SimPlace& place,
                                                const std::shared_ptr<ShmDirectory>& directory);

/// Waits until this bridge has the place, and asks the holder to make way as long as a game writes here and
/// not there. False: it is to leave instead.
bool wait_for_place(const Sim& sim, const BridgeOptions& options,
                    const std::shared_ptr<ShmDirectory>& directory, LockFile& lock, Source& source, Log& log);

}  // namespace pitbridge
