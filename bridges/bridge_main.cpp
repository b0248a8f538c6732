// SPDX-License-Identifier: MIT
// Every per-sim bridge: the sim is the one that is linked in.
#include "bridges/bridge_run.hpp"
#include "common/core/describe.hpp"

int main(int argc, char** argv) {
  using namespace pitbridge;
  const Sim& sim = *all_sims().front();
  const std::string program = bridge_program(sim);
  return run_program(
      program, sim,
      parse_bridge_options(program, {argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}),
      run_bridge);
}
