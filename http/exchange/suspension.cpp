#include "http/exchange/suspension.hpp"

#include "http/exchange/exchange.hpp"

namespace sluice::http {

void suspension::resume(continuation then) {
    if (owner != nullptr) {
        owner->resume(then);
    }
}

completion::~completion() {
    if (shared_) {
        refuse(shared_->if_dropped);
    }
}

void completion::refuse(problem_id why) {
    complete([why](request&, reply& out) { out.refuse(why); });
}

} // namespace sluice::http
