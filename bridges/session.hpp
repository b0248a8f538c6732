// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "common/core/mirror/ports.hpp"

/// The Wine session in which a bridge is. A bridge of Winelib is in it itself (winelib_session.cpp); the
/// native half of a twin asks its Windows half (keeper_main.cpp). Which of the two a program is, is decided
/// by what is linked into it.
namespace pitbridge {

std::unique_ptr<Source> session_source();

/// The process of the bridge that is in the session, as native programs see it.
pid_t session_process();

/// The version of the session's Wine, as it names itself.
std::string session_version();

}  // namespace pitbridge
