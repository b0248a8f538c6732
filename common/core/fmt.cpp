// SPDX-License-Identifier: MIT
// fmt, compiled here once for all native code. A bridge must not need a libfmt.so inside Steam's container;
// and as a header-only library fmt triples the time that every other file takes to compile.
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {
// The two templates that fmt's headers only declare.
template FMT_API auto thousands_sep_impl<char>(locale_ref) -> thousands_sep_result<char>;
template FMT_API auto decimal_point_impl<char>(locale_ref) -> char;
}  // namespace detail
FMT_END_NAMESPACE
