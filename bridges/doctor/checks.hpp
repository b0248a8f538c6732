// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/doctor/facts.hpp"

namespace pitbridge::doctor {

enum class LinkState { kOk, kBroken, kUnknown };
std::string_view link_state_name(LinkState state);

/// What to do. It is right when it is copied letter by letter: every path is whole, and every program is
/// named by its path where a shell or Steam need not find it.
struct Remedy {
  std::string advice;                      ///< for people
  std::vector<std::string> commands = {};  ///< to copy, in this order; what stands for Steam has %command%

  bool empty() const { return advice.empty(); }
  /// In one line.
  std::string text() const;
};

struct Finding {
  LinkState state = LinkState::kUnknown;
  std::string found;  ///< what was seen; of an unknown link, why it cannot be judged
  Remedy remedy;      ///< of a broken link only, and then never empty
};

/// One link of the chain from the game to the readers. Its judgement reads nothing but the facts.
struct Check {
  std::string_view id;     ///< a promise to scripts; listed in pitbridge(1)
  std::string_view title;  ///< for people
  Finding (*judge)(const Facts&);
};

/// In the order of the chain.
std::span<const Check> all_checks();

/// What a link says where a native game runs; nothing: what it says of any other.
std::optional<Finding> finding_of_native_game(const Facts& facts, std::string_view id);

/// What a link says of a sim that sends packets; nothing: what it says of any other.
std::optional<Finding> finding_of_sender(const Facts& facts, std::string_view id);

/// What the player must do so that this title publishes.
Remedy switch_on(const Facts& facts, const Title& title);

/// How many updates a second reach the readers' files now; nothing: none.
std::optional<double> data_rate_hz(const Facts& facts);

// The judgements, by the files in which they are.

namespace judge {

// checks_host.cpp
Finding config(const Facts& facts);
Finding shm_dir(const Facts& facts);
Finding shm_readers(const Facts& facts);
Finding shm_space(const Facts& facts);
Finding steam(const Facts& facts);
Finding app_id(const Facts& facts);
Finding simd(const Facts& facts);
Finding simd_config(const Facts& facts);
Finding simd_pid_file(const Facts& facts);

// checks_flatpak.cpp
Finding flatpak_install(const Facts& facts);

// checks_session.cpp
Finding game(const Facts& facts);
Finding game_exe(const Facts& facts);
Finding prefix(const Facts& facts);
Finding proton(const Facts& facts);
Finding wine_loader(const Facts& facts);
Finding wineserver(const Facts& facts);
Finding wineserver_alone(const Facts& facts);
Finding sync_mode(const Facts& facts);
Finding namespaces(const Facts& facts);
Finding join(const Facts& facts);
Finding flatpak_shm(const Facts& facts);

// checks_bridge.cpp
Finding bridge_file(const Facts& facts);
Finding bridge_staged(const Facts& facts);
Finding glibc(const Facts& facts);
Finding glibc_inside(const Facts& facts);
Finding winelib(const Facts& facts);
Finding bridge(const Facts& facts);
Finding bridge_session(const Facts& facts);
Finding bridge_alone(const Facts& facts);
Finding bridge_dir(const Facts& facts);
Finding bridge_version(const Facts& facts);

// checks_native.cpp
Finding plugin(const Facts& facts);

// checks_packets.cpp
Finding packets(const Facts& facts);

// checks_data.cpp
Finding status_page(const Facts& facts);
Finding heartbeat(const Facts& facts);
Finding section(const Facts& facts);
Finding in_game_option(const Facts& facts);
Finding section_size(const Facts& facts);
Finding section_changing(const Facts& facts);
Finding data(const Facts& facts);

// checks_values.cpp
Finding layout_version(const Facts& facts);
Finding plausible(const Facts& facts);

// checks_files.cpp
Finding files_present(const Facts& facts);
Finding files_kind(const Facts& facts);
Finding files_owner(const Facts& facts);
Finding files_size(const Facts& facts);
Finding files_held(const Facts& facts);
Finding files_same_inside(const Facts& facts);

}  // namespace judge

// For the judgements themselves.

Finding ok(std::string found);
Finding broken(std::string found, Remedy remedy);
Finding broken(std::string found, std::string advice, std::vector<std::string> commands = {});
Finding unknown(std::string because);

}  // namespace pitbridge::doctor
