#include "http/exchange/request_note.hpp"

#include "core/text/utf8.hpp"

#include <algorithm>

namespace sluice::http {

namespace {

using field = core::access_field;

constexpr std::size_t place_of(field which) noexcept {
    return static_cast<std::size_t>(which) - static_cast<std::size_t>(field::trainer_id);
}

} // namespace

void request_note::restart(core::access_fields wanted) noexcept {
    wanted_ = wanted;
    parent_.reset();
    type_ = {};
    user_agent_.clear();
    names_.clear();
    ends_ = {};
}

void request_note::keep_user_agent(std::string_view sent) {
    user_agent_.assign(core::cut_utf8(sent, max_user_agent));
    core::mask_forbidden(user_agent_);
}

void request_note::keep_trace(const trace_parent& parent, std::string_view span) {
    parent_ = parent;
    std::ranges::copy(span.substr(0, span_.size()), span_.begin());
}

void request_note::keep_media(const core::media_id& media, std::string_view trainer_id) {
    const std::array<std::string_view, max_names> all{
        trainer_id, media.course_id(), media.module_id(), media.lesson_id(), media.filename()};
    names_.clear();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (wanted_.has(static_cast<field>(static_cast<std::size_t>(field::trainer_id) + i))) {
            names_.append(all.at(i));
        }
        ends_.at(i + 1) = static_cast<std::uint16_t>(names_.size());
    }
    type_ = core::name_of(media.kind());
}

std::string_view request_note::name(field which) const noexcept {
    const auto i = place_of(which);
    return std::string_view(names_).substr(ends_[i], ends_[i + 1U] - std::size_t{ends_[i]});
}

} // namespace sluice::http
