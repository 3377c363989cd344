// Fuzzes tokens: verify() accepts no bytes without our MAC. Payloads that the target signs itself,
// so that the fuzzer reaches the claims, give claims with valid media or a failure. The full reader
// accepts every payload that the fast reader accepts.
#include "core/json/plain_object.hpp"
#include "core/token/token_service.hpp"
#include "crypto/jws.hpp"
#include "test/fuzz/fuzz.hpp"
#include "test/fuzz/ring.hpp"

#include <array>
#include <vector>

using namespace sluice;

namespace {

struct values {
    std::string type;
    std::string filename;
    std::optional<std::int64_t> exp;

    friend bool operator==(const values&, const values&) = default;
};

template <class Read>
bool read_into(values& got, Read read) {
    const std::array members{core::json_member{.name = "type", .destination = &got.type},
                             core::json_member{.name = "filename", .destination = &got.filename},
                             core::json_member{.name = "exp", .destination = &got.exp}};
    return read(std::span<const core::json_member>(members));
}

void compare_readers(std::string_view text) {
    values quick;
    values full;
    if (read_into(quick, [&](auto all) { return core::read_plain_object(text, all); })) {
        fuzz::require(read_into(full, [&](auto all) {
            return core::read_any_json_object(text, all, core::errc::token_claims).has_value();
        }));
        fuzz::require(quick == full);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto ring = fuzz::make_ring();
    static const core::token_service tokens(ring, {});
    const auto text = fuzz::text_of(data, size);
    const std::chrono::sys_seconds now(std::chrono::seconds(1'700'000'000));
    core::claims claims;
    fuzz::require(!tokens.verify(text, now, claims));
    compare_readers(text);

    const auto signed_token =
        crypto::sign_compact(ring.newest().encoded_header(), text, ring.newest().key());
    if (tokens.verify(signed_token, now, claims)) {
        fuzz::require(claims.exp.seconds > now.time_since_epoch().count());
        if (const auto media = claims.media()) {
            fuzz::require(core::is_file_name(media->filename()));
            fuzz::require(core::is_identifier(media->course_id()));
        }
    }
    return 0;
}
