// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "bridges/top/grid.hpp"
#include "bridges/top/view.hpp"
#include "common/core/error.hpp"

namespace pitbridge {

/// The terminal, by ncurses: shows grids and reads keys. The end of it is as it was before, also when a
/// signal asks for the end, for that only sets a flag (`install_stop_signals`, which must come first).
class Screen {
 public:
  static Expected<std::unique_ptr<Screen>> open(bool with_colour);
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen();

  std::size_t columns() const;
  std::size_t rows() const;
  /// Sends what differs from what is shown.
  void paint(const Grid& grid);
  /// The keys that were pressed, waiting for the first for so long. kQuit when the terminal has gone.
  std::vector<Key> keys(int within_ms);

 private:
  struct Terminal;
  explicit Screen(std::unique_ptr<Terminal> terminal);

  std::unique_ptr<Terminal> terminal_;
  std::optional<Grid> shown_;
};

}  // namespace pitbridge
