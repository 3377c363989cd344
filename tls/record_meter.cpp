#include "tls/record_meter.hpp"

#include <algorithm>

namespace sluice::tls {

record_meter::verdict record_meter::judge() const noexcept {
    if (header_has_ > 0) {
        return verdict::pass; // within a record
    }
    if (spare_ == 0) {
        return verdict::close;
    }
    return in_turn_ == records_per_turn ? verdict::yield : verdict::pass;
}

std::size_t record_meter::may_take(std::size_t wanted) const noexcept {
    return std::min(wanted, header_has_ < header_size ? header_size - header_has_ : body_left_);
}

void record_meter::took(std::span<const char> bytes) noexcept {
    if (bytes.empty()) {
        return;
    }
    if (header_has_ == header_size) {
        body_left_ -= bytes.size();
    } else {
        if (header_has_ == 0) {
            ++in_turn_;
            ++unpaid_;
            --spare_;
        }
        for (const char byte : bytes) {
            header_[header_has_++] = static_cast<unsigned char>(byte);
        }
        if (header_has_ < header_size) {
            return;
        }
        body_left_ = static_cast<std::size_t>(header_[3]) << 8U | header_[4];
    }
    if (body_left_ == 0) {
        header_has_ = 0; // the next byte begins a record
    }
}

void record_meter::delivered() noexcept {
    if (unpaid_ > 0) { // not for a second part of the same record
        unpaid_ = 0;
        spare_ = std::min(spare_ + 2, spare_records);
    }
}

} // namespace sluice::tls
