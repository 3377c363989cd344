#include "core/access/access_store.hpp"

#include <stdexcept>

namespace sluice::core {

void throw_exception_from_error(const store_fault& why, const boost::source_location& where) {
    throw std::logic_error("unexamined store fault at " + where.to_string() + ": " + why.cause);
}

} // namespace sluice::core
