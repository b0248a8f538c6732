// SPDX-License-Identifier: MIT
#pragma once

#include "tests/unit/support/model_drive.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge {

/// A drive that a test moves until something has come of it.
class ModelSide : public ModelDrive {
 public:
  explicit ModelSide(const std::string& directory, std::string_view sim = "ac")
      : ModelDrive(*find_sim(sim), directory) {}

  /// False: `condition` never held.
  template <typename Condition>
  bool drives_until(Condition condition) {
    return soon([&] {
      drive(seconds_ += 0.01);
      return condition();
    });
  }

 private:
  double seconds_ = 0;
};

}  // namespace pitbridge
