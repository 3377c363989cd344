#include "http/handlers/download_handler.hpp"

#include "core/text/utf8.hpp"
#include "http/handlers/download_url.hpp"
#include "http/handlers/file_response.hpp"
#include "http/request/credential.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace sluice::http {

namespace {

constexpr std::size_t logged_jti_size = 64; // the jti of another issuer may be any text

// Room for fields that were sent in several lines.
struct condition_room {
    std::string ranges;
    std::string matches;
    std::string none_matches;
};

// A single pass over the fields: most requests have none of these. The first line of a field looks
// for the others.
core::download_request read_conditions(const request_head& head, condition_room& room) {
    core::download_request asked{.is_get = head.method == bhttp::verb::get};
    const auto take_first = [](auto& to, std::string_view value) { to = to.value_or(value); };
    const auto join = [&head](auto& to, bhttp::field id, std::string& scratch) {
        if (!to) {
            to = head.joined(id, scratch);
        }
    };
    for (const auto& line : head.fields) {
        switch (line.id) {
        case bhttp::field::if_match:
            join(asked.if_match, line.id, room.matches);
            break;
        case bhttp::field::if_none_match:
            join(asked.if_none_match, line.id, room.none_matches);
            break;
        case bhttp::field::range:
            join(asked.range, line.id, room.ranges);
            break;
        case bhttp::field::if_modified_since:
            take_first(asked.if_modified_since, line.value);
            break;
        case bhttp::field::if_unmodified_since:
            take_first(asked.if_unmodified_since, line.value);
            break;
        case bhttp::field::if_range:
            take_first(asked.if_range, line.value);
            break;
        default:
            break;
        }
    }
    return asked;
}

// True when the request asks for one range that does not begin with the first byte.
bool is_continuation(const request_head& head) {
    std::string ranges;
    const auto range = head.joined(bhttp::field::range, ranges);
    return range && core::is_continuation(*range);
}

bool sends_content(const core::download_plan& plan) noexcept {
    using outcome = core::download_plan::outcome;
    return plan.what == outcome::whole || plan.what == outcome::part || plan.what == outcome::parts;
}

template <class Again>
class place_waiter final : public user_transfers::waiter {
  public:
    place_waiter(completion done, Again again) : done_(std::move(done)), again_(std::move(again)) {}
    void wake() override { done_.complete(std::move(again_)); }

  private:
    completion done_;
    Again again_;
};

// 0 means no limit.
std::uint64_t lower_rate(std::uint64_t a, std::uint64_t b) noexcept {
    return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

} // namespace

core::result<void> download_handler::authorise(const core::media_id& media, request& in,
                                               reply& out) const {
    const auto token = bearer_text(in.head.value_of(bhttp::field::authorization));
    if (!token) {
        return token.error();
    }
    in.claims.clear();
    auto verdict = with_.tokens.authorise(*token, media, in.wall, in.claims);
    if (!verdict && verdict.error().code == core::errc::token_expired && in.claims.resume_until &&
        is_continuation(in.head)) {
        verdict = with_.tokens.authorise_resume(media, in.wall, in.claims);
    }
    if (!verdict && !is_token_text(*token)) { // a valid token always is: checked for failures only
        return core::failure{core::errc::credential_malformed};
    }
    const bool is_ours = verdict || verdict.error().code == core::errc::token_mismatch ||
                         verdict.error().code == core::errc::token_expired;
    if (is_ours) {
        out.record().jti = core::cut_utf8(in.claims.jti, logged_jti_size);
        out.record().user_id = in.claims.user_id;
    }
    if (!verdict) {
        return verdict;
    }
    if (in.claims.is_ahead) {
        out.count().tokens_ahead.add();
    }
    return check_revocation(in, out);
}

core::result<void> download_handler::check_revocation(const request& in, reply& out) const {
    if (in.revoked == nullptr) {
        return with_.has_store ? core::failure{core::errc::store_unavailable}
                               : core::result<void>{};
    }
    const auto trace = in.revoked->trace(in.claims);
    if (in.revoked->kills(trace)) {
        return core::failure{core::errc::token_revoked};
    }
    out.record().trace = trace; // the token may be revoked during the transfer
    return {};
}

void download_handler::handle(request& in, reply& out) const {
    const auto media = media_at(kind_, in.path.view());
    if (!media) {
        out.refuse(problem_id::target_invalid);
        return;
    }
    auto& note = out.record().note;
    note.keep_media(*media, media->trainer_id());
    if (const auto authorised = authorise(*media, in, out); !authorised) {
        out.refuse(with_.bad.judge(authorised.error(), in, out));
        return;
    }
    if (!in.claims.owner.empty() && note.wants(core::access_field::trainer_id)) {
        note.keep_media(*media, in.claims.owner); // the path of a presentation has no trainer
    }
    const file_order order{.media = *media, .owner = in.claims.owner, .url_path = in.raw_path};
    auto found = find_file(with_.media, order, in, out);
    if (const auto* const file = std::get_if<file_result>(&found)) {
        send(*file, in, out);
        return;
    }
    fetch_file(with_.media, std::get<file_search>(std::move(found)), in, out,
               [this](request& again, reply& later, const file_result& file) {
                   // The caller may have been banned, or the token revoked, during the wait.
                   if (const auto still = check_revocation(again, later); !still) {
                       later.refuse(still.error());
                   } else {
                       send(file, again, later);
                   }
               });
}

void download_handler::send(const file_result& file, request& in, reply& out,
                            bool has_waited) const {
    if (!file) {
        out.refuse(file.error());
        return;
    }
    condition_room room;
    auto conditions = read_conditions(in.head, room);
    // In the resume window, HEAD shows the result of GET, which is never the whole file.
    conditions.is_get = conditions.is_get || in.claims.is_in_window;
    const auto plan = core::plan_download(conditions, (*file)->media->version, in.now);
    if (in.claims.is_in_window && plan.what == core::download_plan::outcome::whole) {
        out.refuse(core::failure{core::errc::token_expired, "exp"});
        return;
    }
    std::unique_ptr<pace> speed;
    if (in.head.method == bhttp::verb::get && sends_content(plan) && !admit(in, plan, speed)) {
        if (!has_waited) {
            out.count().add_limit(limit_label::user_downloads);
        }
        await_place(file, wish_of(in, plan), out);
        return;
    }
    if (in.claims.is_in_window) {
        out.record().is_after_expiry = true;
        out.count().resumes_after_expiry.add();
    }
    send_file(plan, **file, *in.ids, out);
    out.keep(std::move(speed));
}

user_transfers::wish download_handler::wish_of(const request& in,
                                               const core::download_plan& plan) const {
    const bool is_part = plan.what == core::download_plan::outcome::part;
    return {.user_id = in.claims.user_id,
            .most = with_.most.user_downloads,
            .file = std::hash<std::string_view>{}(in.raw_path),
            .is_resume = is_part && is_continuation(in.head),
            .takeover_after = with_.most.takeover_after,
            .now = in.steady_now};
}

// A request waits for a free place, so that it is not rejected if other downloads of its user end
// soon. It is rejected with 503, not 429: download managers try again after a 503, and give up
// after a 429 (docs/clients.md).
void download_handler::await_place(const file_result& file, const user_transfers::wish& wanted,
                                   reply& out) const {
    auto done = out.suspend(problem_id::too_many_downloads,
                            {.time = with_.most.patience,
                             .if_late = problem_id::too_many_downloads,
                             .cause = name_of(limit_label::user_downloads)});
    auto again = [this, file](request& in, reply& later) {
        if (const auto still = check_revocation(in, later); !still) {
            later.refuse(still.error());
        } else {
            send(file, in, later, true);
        }
    };
    with_.users.wait(
        wanted, wanted.now + with_.most.patience,
        std::make_unique<place_waiter<decltype(again)>>(std::move(done), std::move(again)));
}

// True when the user may start one more download. Fills `speed` when there is a limit.
bool download_handler::admit(const request& in, const core::download_plan& plan,
                             std::unique_ptr<pace>& speed) const {
    const auto claimed = static_cast<std::uint64_t>(in.claims.rate.value_or(0));
    const transfer_rates rates{.connection = with_.most.connection_rate,
                               .user = lower_rate(with_.most.user_rate, claimed)};
    const bool is_by_user = rates.user != 0 || with_.most.user_downloads != 0;
    if (!is_by_user && rates.connection == 0) {
        return true;
    }
    user_transfers::place place;
    if (is_by_user) {
        place = with_.users.take(wish_of(in, plan));
        if (!place) {
            return false;
        }
    }
    speed = std::make_unique<pace>(rates, std::move(place));
    return true;
}

} // namespace sluice::http
