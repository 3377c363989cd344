#pragma once
// result<T>: a T or a core::failure. Exceptions are reserved for start-up and for programming
// errors. Not for the configuration, whose readers collect all faults
// (core/base/operator_problem.hpp). Used by core/access, core/issuer, core/json, core/media,
// core/token and http.

#include "core/base/error.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

namespace sluice::core {

/// Called by result<T>::value() on a failure: a programming error, since callers test first.
[[noreturn]] void throw_exception_from_error(const failure& why,
                                             const boost::source_location& where);

template <class T>
using result = boost::system::result<T, failure>;

} // namespace sluice::core
