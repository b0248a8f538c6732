// SPDX-License-Identifier: MIT
// Every per-sim bridge of Winelib: the sim is the one that is linked in.
#include "bridges/sim_bridge.hpp"

int main(int argc, char** argv) {
  return pitbridge::run_sim_bridge(*pitbridge::all_sims().front(),
                                   {argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
}
