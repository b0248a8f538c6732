// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/App.hpp>
#include <optional>

#include "common/core/error.hpp"

/// The subcommands of `pitbridge record`: what is about recordings that are there.
namespace pitbridge::record {

void add_parts(CLI::App& app);
/// The one that the command line names; nothing: it names none.
std::optional<Expected<void> (*)()> chosen_part();

void add_info_options(CLI::App& app);
Expected<void> run_info();
void add_cut_options(CLI::App& app);
Expected<void> run_cut();

}  // namespace pitbridge::record
