// SPDX-License-Identifier: MIT
// fmt, compiled here once for all native code. A bridge must not need a libfmt.so inside Steam's container;
// and as a header-only library fmt triples the time that every other file takes to compile.
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {
// The templates that fmt's headers only declare; fmt 10 makes one of a function of 9 and 11.
template FMT_API auto thousands_sep_impl<char>(locale_ref) -> thousands_sep_result<char>;
template FMT_API auto decimal_point_impl<char>(locale_ref) -> char;
#if FMT_VERSION >= 100000 && FMT_VERSION < 110000
template FMT_API void vformat_to(buffer<char>&, string_view, vformat_args<char>::type, locale_ref);
#endif
}  // namespace detail
FMT_END_NAMESPACE
