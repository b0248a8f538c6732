// SPDX-License-Identifier: MIT
#include "bridges/record/cursor.hpp"

#include <utility>

namespace pitbridge::record {

void Cursor::seek(std::int64_t time_ns) {
  next_chunk_ = reader_.chunk_at(time_ns);
  ahead_.reset();
  records_ = {};
  record_.reset();
  has_gap_ = true;
}

const Record* Cursor::peek() {
  while (!record_) {
    record_ = records_.next();
    if (record_) break;
    has_gap_ |= records_.is_bad();
    records_ = {};
    if (next_chunk_ >= reader_.chunks().size()) return nullptr;
    load_ahead();
    if (ahead_) {
      raw_ = std::move(*ahead_);
      records_ = {raw_, reader_.chunks()[next_chunk_].header.first_ns, reader_.header().mappings.size()};
    } else {
      has_gap_ = true;
    }
    ahead_.reset();
    ++next_chunk_;
  }
  return &*record_;
}

bool Cursor::takes_gap() {
  return std::exchange(has_gap_, false);
}

void Cursor::load_ahead() {
  if (!ahead_ && next_chunk_ < reader_.chunks().size()) ahead_ = reader_.load(next_chunk_);
}

}  // namespace pitbridge::record
