// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "bridges/feed/bridge_views.hpp"
#include "bridges/relay/output.hpp"

namespace pitbridge {

struct NamedCounts {
  std::string_view name;
  OutputCounts counts;
};

/// What Prometheus reads: the state and rates of all bridges, and what the outputs of this relay have done.
/// https://prometheus.io/docs/instrumenting/exposition_formats/
std::string metrics_text(std::span<const BridgeView> bridges, std::span<const NamedCounts> outputs);

}  // namespace pitbridge
