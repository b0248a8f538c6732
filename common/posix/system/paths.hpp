// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace pitbridge {

inline constexpr std::string_view kDefaultShmDirectory = "/dev/shm";

/// An environment variable, or `fallback` when it is unset or empty.
std::string environment_or(const char* name, std::string_view fallback);

/// The home directory from HOME, else from the user database (simd starts a bridge without HOME); empty when
/// neither knows it.
std::string home_directory();

/// The same for a process whose HOME has this value; empty: it has none.
std::string home_directory(std::string_view home_variable);

/// The Wine prefix that this environment names: WINEPREFIX, by default `~/.wine`.
std::string wine_prefix();

/// `$XDG_STATE_HOME/pitbridge`, by default `~/.local/state/pitbridge`; empty when there is no home.
std::string state_directory();

/// `$XDG_DATA_HOME/pitbridge`, by default `~/.local/share/pitbridge`; empty when there is no home.
std::string data_directory();

/// `$XDG_RUNTIME_DIR`; empty where there is none, as outside of a login.
std::string user_runtime_directory();

/// `$XDG_RUNTIME_DIR/pitbridge`, by default the state directory.
std::string runtime_directory();

/// Whether PATH has an executable of this name.
bool is_in_path(const std::string& program);

/// Makes `path` and its parents, mode 0700. False when that cannot be done.
bool make_directories(const std::string& path);

}  // namespace pitbridge
