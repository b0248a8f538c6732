// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "bridges/record/writer.hpp"
#include "common/core/model/scene.hpp"
#include "common/core/model/writer.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge::record {

/// A drive of the model, as it would have been recorded: each mapping at the same moments.
inline void record_model(const std::string& path, std::string_view sim_name, double seconds, double rate_hz) {
  const Sim& sim = *find_sim(sim_name);
  const Title& title = sim.titles.front();
  std::vector<std::string> names;
  for (const Mapping& mapping : sim.mappings) names.emplace_back(mapping.file_name());
  auto writer = std::move(*RecordingWriter::create(path, true));
  (void)writer->start({std::string(sim.name), "test", 1'764'394'563'000'000'000, names});
  (void)writer->title(title.id, 0);
  std::vector<std::vector<std::byte>> sections(names.size());
  for (int i = 0; i <= seconds * rate_hz; ++i) {
    const double now = i / rate_hz;
    const model::Moment moment = {.car = model::lap_state_at(now),
                                  .clock_seconds = model::kSessionSeconds + now};
    for (std::size_t m = 0; m < names.size(); ++m) {
      const Layout* layout = title.find_layout(names[m]);
      if (layout == nullptr) continue;
      auto& section = sections[m];
      if (section.empty()) {
        section.resize((layout->size_bytes + 4095) / 4096 * 4096);
        model::prepare_section({section, title, names[m]}, moment.car);
      }
      model::begin_update(section, sim.mappings[m].detector);
      model::write_title(section, title, names[m], moment, model::field_finder(section, title, names[m]));
      model::end_update(section, sim.mappings[m].detector);
      (void)writer->frame(m, section, 0, static_cast<std::int64_t>(now * 1e9));
    }
  }
  (void)writer->finish();
}

}  // namespace pitbridge::record
