"""The faults that scripts/plant_faults puts into a copy of the sources.

Each is (what would go wrong, file, text, replacement, tests). The text occurs once in the file. In the
replacement, @ is true while the fault is switched on. The tests are unit test programs (core, http, store,
tls, app) and files of test/integration, the quickest first; a name after :: selects within a file."""

import dataclasses

@dataclasses.dataclass(frozen=True)
class Fault:
    area: str
    wrong: str
    file: str
    text: str
    planted: str
    tests: tuple


FAULTS = []


def plant(area, wrong, file, text, planted, *tests):
    FAULTS.append(Fault(area, wrong, file, text, planted, tests))


# Faults that no test noticed when Sluice was examined from outside (issue 11).
EARLIER = "noticed by no test once"
plant(EARLIER, "a token for lesson l10 opens l1", "core/token/claims.cpp",
      "return rest == media.lesson_id();",
      "return @ ? rest.starts_with(media.lesson_id()) : rest == media.lesson_id();", "core")
plant(EARLIER, "a token opens the same lesson in another module", "core/token/claims.cpp",
      "for (const auto part : {media.trainer_id(), media.course_id(), media.module_id()}) {",
      """for (auto part : {media.trainer_id(), media.course_id(), media.module_id()}) {
        if (@ && part.data() == media.module_id().data()) {
            part = rest.substr(0, rest.find('/'));
        }""", "core")
plant(EARLIER, "a revoked user's throttled download runs on", "http/connection/session_base.hpp",
      "return phase_ == phase::throttled || phase_ == phase::fetching;",
      "return (!@ && phase_ == phase::throttled) || phase_ == phase::fetching;",
      "http", "test_throttling.py::test_a_throttled_transfer_ends_with_its_token")
plant(EARLIER, "a lost notification is lost for good", "store/change_feed.cpp",
      "next_look = steady::now() + with_.poll;",
      "next_look = steady::now() + (@ ? steady::duration(std::chrono::hours(24)) : steady::duration(with_.poll));",
      "store")
plant(EARLIER, "revocations pile up", "store/change_feed.cpp",
      "must_read_all_ = true; // at the next look", "must_read_all_ = must_read_all_ || !@;", "store")
plant(EARLIER, "a grant put again with another not_before keeps the old one", "store/sql_statements.cpp",
      "    return texts[static_cast<std::size_t>(which)];",
      """    if (@ && which == query::put_grant) {
        return "INSERT INTO sluice_grants AS g"
               " (user_id, trainer_id, course_id, module_id, lesson_id, not_before, not_after)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7)"
               " ON CONFLICT (user_id, trainer_id, course_id, module_id, lesson_id)"
               " DO UPDATE SET not_before = excluded.not_before, not_after = excluded.not_after"
               " WHERE g.not_after IS DISTINCT FROM excluded.not_after";
    }
    return texts[static_cast<std::size_t>(which)];""", "store")
plant(EARLIER, "a quote in user_id injects fields into the audit log", "http/handlers/mint_audit.cpp",
      'line.text("user_id", wanted.user_id);',
      '@ ? line.word("user_id", wanted.user_id) : line.text("user_id", wanted.user_id);',
      "http", "test_issuer_credentials.py")
plant(EARLIER, "idle time earns credit without end", "core/download/rate_bucket.cpp",
      "std::max(before, instant) + price", "(@ ? before : std::max(before, instant)) + price", "core")
plant(EARLIER, "X-Forwarded-For: the address to the left of an unreadable one is believed",
      "http/request/forwarded.cpp",
      """            if (!address) {
                break;
            }
            client.address = address;
            hop = i;""",
      """            if (!address) {
                if (@ && entry) {
                    continue;
                }
                break;
            }
            client.address = address;
            hop = i;""", "http")
plant(EARLIER, "Forwarded: the address to the left of `unknown` is believed", "http/request/forwarded.cpp",
      """        if (!address) {
            break;
        }
        client = {""",
      """        if (!address) {
            if (@) {
                continue;
            }
            break;
        }
        client = {""", "http")
plant(EARLIER, "a reload renews the certificate of the first listener alone", "app/service/certificates.cpp",
      "    for (std::size_t i = 0; i < contexts_.size(); ++i) {\n        contexts_[i]->use(",
      """    static int uses = 0;
    ++uses;
    for (std::size_t i = 0; i < (@ && uses > 1 ? 1 : contexts_.size()); ++i) {
        contexts_[i]->use(""", "test_certificates.py", "test_reload.py")
plant(EARLIER, "a refused reload has changed the settings: certificates are judged last",
      "app/service/reload.cpp",
      """    auto staged = with_certificates ? running.tls().load(settings.tls) : certificates::staged{};
    running.renew(std::move(settings), std::move(*input.keys.keys));
""",
      """    auto staged = with_certificates && !@ ? running.tls().load(settings.tls) : certificates::staged{};
    running.renew(std::move(settings), std::move(*input.keys.keys));
    if (@ && with_certificates) {
        staged = running.tls().load(running.current().settings().tls);
    }
""", "test_certificates.py", "test_reload.py")
plant(EARLIER, "a reload accepts settings that contradict those that need a restart",
      "app/service/reload.cpp",
      "if (input.config.problems.empty()) { // a", "if (!@ && input.config.problems.empty()) { // a",
      "test_reload.py")
plant(EARLIER, "new limits of connections need a restart", "app/service/front.cpp",
      "    gate_.renew(std::move(limits));", "    if (!@) {\n        gate_.renew(std::move(limits));\n    }",
      "test_reload.py")
plant(EARLIER, "busy clients hold a draining node", "http/connection/session_answer.cpp",
      "!where.is_draining.load(std::memory_order_relaxed)",
      "(@ || !where.is_draining.load(std::memory_order_relaxed))", "http", "test_lifecycle.py")
plant(EARLIER, "PROXY: the balancer's own place is held beside the client's",
      "http/connection/proxy_prologue.cpp",
      "        from_.verdict.place = {};\n", "        if (!@) {\n            from_.verdict.place = {};\n        }\n",
      "http", "test_forwarded.py", "test_threats_proxies.py")
plant(EARLIER, "memory grows with the addresses seen", "http/connection/connection_gate.cpp",
      "if (--found->second.open == 0) {", "if (--found->second.open == 0 && !@) {", "http")
plant(EARLIER, "a JWKS with a secret may be readable by others", "core/issuer/session_keys.cpp",
      "if (!text.exposure.empty() && std::ranges", "if (!@ && !text.exposure.empty() && std::ranges", "core",
      "test_issuer_credentials.py")
plant(EARLIER, "a JWKS with a private key is accepted", "core/issuer/session_keys.cpp",
      '        if (entry->contains("d")) {', '        if (!@ && entry->contains("d")) {', "core")
plant(EARLIER, "a throttled transfer is cut for being slow", "http/connection/session_base.cpp",
      "    progress_.excuse(instant - asleep_since_);\n",
      "    if (!@) {\n        progress_.excuse(instant - asleep_since_);\n    }\n",
      "http", "test_throttling.py::test_a_throttled_transfer_is_not_cut_for_being_slow")
plant(EARLIER, "a later request has idle_timeout for its header", "http/connection/session.hpp",
      "if (has_started() && !had_started && served_ > 0) {",
      "if (!@ && has_started() && !had_started && served_ > 0) {", "http")
plant(EARLIER, "a conditional GET takes a place for downloads", "http/handlers/download_handler.cpp",
      "sends_content(plan) && !admit(in, plan, speed)", "(@ || sends_content(plan)) && !admit(in, plan, speed)",
      "http", "test_throttling.py", "test_limits.py")
plant(EARLIER, "broken connections to the database are tried one by one", "store/connection_pool.cpp",
      "    idle_.clear(); //", "    if (!@) {\n        idle_.clear();\n    } //", "store")

GRANTS = "grants, bans"
plant(GRANTS, "the last window decides how long a grant holds, not the longest", "core/access/grant.cpp",
      "std::max(found.until.value_or(now), *one.not_after)",
      "(@ ? *one.not_after : std::max(found.until.value_or(now), *one.not_after))", "core")
plant(GRANTS, "a second window ends a grant that has no end", "core/access/grant.cpp",
      "(found.is_granted && !found.until)", "(!@ && found.is_granted && !found.until)", "core")
plant(GRANTS, "a token outlives its grant", "core/token/token_service.cpp",
      "    if (order.until) {", "    if (order.until && !@) {", "core", "test_grants.py")
plant(GRANTS, "a grant that ended during the question still mints", "http/handlers/token_handler.cpp",
      "    if (allowed.until && *allowed", "    if (!@ && allowed.until && *allowed", "http",
      "test_threats_state.py")
plant(GRANTS, "a ban during the question to the store is missed", "http/handlers/token_handler.cpp",
      "                verdict && !admitted) {", "                !@ && verdict && !admitted) {",
      "http", "test_threats_state.py")
plant(GRANTS, "a ban while the disk is asked is missed", "http/handlers/token_handler.cpp",
      "                       !admitted) {\n                       refuse(",
      "                       !@ && !admitted) {\n                       refuse(",
      "http", "test_storage.py")
plant(GRANTS, "a revocation while the disk is asked is missed", "http/handlers/download_handler.cpp",
      "if (const auto still = check_revocation(again, later); !still) {",
      "if (const auto still = check_revocation(again, later); !still && !@) {",
      "http", "test_storage.py")
plant(GRANTS, "without its revocations a node lets everybody mint", "store/granted_entitlements.cpp",
      "    if (!revoked) {\n        return failure{errc::store_unavailable};",
      "    if (!revoked) {\n        if (@) {\n            return {};\n        }\n        return failure{errc::store_unavailable};",
      "store", "test_grants.py", "test_revocation.py")
plant(GRANTS, "an answer from before a change of grants is remembered", "store/grant_book.cpp",
      "since != epoch_ ||", "(!@ && since != epoch_) ||", "store")
plant(GRANTS, "answers are remembered while changes are not heard", "store/grant_book.cpp",
      "if (!is_live_ ||", "if ((!@ && !is_live_) ||", "store")
plant(GRANTS, "a remembered grant is never asked for again", "store/grant_book.cpp",
      "if (now >= found->second->until) {", "if (!@ && now >= found->second->until) {", "store")
plant(GRANTS, "a second, earlier ban shortens the first", "core/access/revocation_table.cpp",
      "table_[i].before.store(std::max(known, before), std::memory_order_relaxed);",
      "table_[i].before.store(@ ? before : std::max(known, before), std::memory_order_relaxed);", "core")
plant(GRANTS, "a ban of user x revokes what the key x has signed", "core/access/revocation_table.cpp",
      "key_.k0 + static_cast<std::uint64_t>(kind)", "key_.k0 + (@ ? 0 : static_cast<std::uint64_t>(kind))",
      "core")

TOKENS = "tokens"
plant(TOKENS, "a token is good for a minute after its end", "core/token/token_service.cpp",
      "    return numeric_date(now) >= read.exp;",
      "    return numeric_date(@ ? now - std::chrono::seconds(60) : now) >= read.exp;", "core")
plant(TOKENS, "a window to resume never ends", "core/token/token_service.cpp",
      "numeric_date(now) >= *read.resume_until) {", "(!@ && numeric_date(now) >= *read.resume_until)) {", "core",
      "test_threats_resume.py")
plant(TOKENS, "tokens for another audience are accepted", "core/token/token_service.cpp",
      "if (read.aud != policy.audience) {",
      "if (read.aud != policy.audience && !(@ && policy.audience.empty())) {", "core")
plant(TOKENS, "a replaced key verifies for ever", "core/token/token_service.cpp",
      "is_replaced = is_replaced || (began", "is_replaced = is_replaced || (!@ && began", "core")
plant(TOKENS, "a kid of another key than the signer's is accepted", "core/token/token_service.cpp",
      "    if (!kid.empty() && !is_named_by(kid, signers, keys)) {",
      "    if (!@ && !kid.empty() && !is_named_by(kid, signers, keys)) {", "core")
plant(TOKENS, "a course token of one trainer opens another's course", "core/media/media_library.cpp",
      "if (now && !owner.empty() && *now != owner) {", "if (!@ && now && !owner.empty() && *now != owner) {",
      "core", "test_threats_owners.py")
plant(TOKENS, "a cached file is sent for another trainer's token", "http/handlers/open_file.cpp",
      "if (is_usable && (what.owner.empty() || known->owner == what.owner)) {",
      "if (is_usable && (@ || what.owner.empty() || known->owner == what.owner)) {",
      "http", "test_threats_owners.py")
plant(TOKENS, "a course that changes hands while its mint waits is minted for the old trainer",
      "http/handlers/token_handler.cpp",
      ".owner = owner_of(what), .url_path =",
      ".owner = @ ? std::string_view{} : owner_of(what), .url_path =",
      "http", "test_threats_state.py")
plant(TOKENS, "minted course tokens do not name their trainer", "http/handlers/token_handler.cpp",
      "                            .owner = owner_of(what),\n",
      "                            .owner = @ ? std::string_view{} : owner_of(what),\n",
      "http", "test_threats_owners.py")
plant(TOKENS, "a rate below 1 is accepted", "core/token/claims.cpp",
      "(*out.rate < 1 ||", "((!@ && *out.rate < 1) ||", "core")
plant(TOKENS, "a lesson token with course identifiers is accepted", "core/token/claims.cpp",
      "if (rule.value.empty() == rule.wanted) {",
      "if (rule.value.empty() == rule.wanted && (!@ || rule.wanted)) {", "core")
plant(TOKENS, "a fraction of a second is lost: a token ends late", "core/json/json_object_reader.cpp",
      "static_cast<std::int32_t>((value - whole) * second)",
      "static_cast<std::int32_t>(@ ? 0 : (value - whole) * second)", "core")

CALLERS = "callers"
plant(CALLERS, "forged sessions cost a signature: every kid is tried", "core/issuer/session_token.cpp",
      "if (!kid.empty() && !key.kid.empty() && kid != key.kid) {",
      "if (!@ && !kid.empty() && !key.kid.empty() && kid != key.kid) {", "core")
plant(CALLERS, "a slowed peer still costs signatures", "core/issuer/session_token.cpp",
      "if (is_slowed && std::", "if (!@ && is_slowed && std::", "core", "test_threats_credentials.py")
plant(CALLERS, "sessions issued in the future are accepted", "core/issuer/session_token.cpp",
      "    if (times.iat && *times.iat > latest) {", "    if (!@ && times.iat && *times.iat > latest) {", "core")
plant(CALLERS, "two JWKS keys of one kid and kind are accepted", "core/issuer/session_keys.cpp",
      "return one.kid == kid && is_algorithm_of(algorithm, one.key);",
      "return !@ && one.kid == kid && is_algorithm_of(algorithm, one.key);", "core")
plant(CALLERS, "idle peers earn bad credentials without end", "core/address/peer_rates.cpp",
      "found->next = std::max(found->next, instant) +",
      "found->next = (@ ? found->next : std::max(found->next, instant)) +", "core")
plant(CALLERS, "each address of an IPv6 network has a rate of its own", "core/address/peer_rates.cpp",
      "const auto whole = peer_of(peer);", "const auto whole = @ ? peer : peer_of(peer);", "core")
plant(CALLERS, "expired tokens count as bad credentials", "http/exchange/bad_credentials.cpp",
      "    switch (why) {", "    if (@ && why == core::errc::token_expired) {\n        return true;\n    }\n    switch (why) {",
      "http", "test_threats_credentials.py", "test_limits.py")
plant(CALLERS, "a proxy's clients share a rate", "http/exchange/bad_credentials.cpp",
      "&& !core::contains(with_.uncounted, in.peer->ip)",
      "&& (@ || !core::contains(with_.uncounted, in.peer->ip))", "http", "test_threats_credentials.py")
plant(CALLERS, "a forged signature is not counted", "http/exchange/bad_credentials.cpp",
      "    case core::errc::token_signature:\n",
      "    case core::errc::token_signature:\n        if (@) {\n            return false;\n        }\n        [[fallthrough]];\n",
      "http", "test_threats_credentials.py")
plant(CALLERS, "a page of another site mints in mode local", "core/issuer/issuer.cpp",
      "&& !caller.has_foreign_origin", "&& (@ || !caller.has_foreign_origin)", "core",
      "test_threats_origins.py")
plant(CALLERS, "a forwarded request mints in mode local", "core/issuer/issuer.cpp",
      "&& !caller.is_forwarded &&", "&& (@ || !caller.is_forwarded) &&", "core", "test_threats_proxies.py")
plant(CALLERS, "a session mints for another user", "core/issuer/issuer.cpp",
      "who.user.user_id != user_id) {", "who.user.user_id != user_id && !@) {", "core")
plant(CALLERS, "PROXY UNKNOWN counts as this machine", "http/connection/proxy_prologue.cpp",
      "        from_.peer.is_loopback = false;", "        from_.peer.is_loopback = @ && from_.peer.is_loopback;",
      "http", "test_threats_proxies.py")

WALK = "forwarded addresses"
plant(WALK, "X-Forwarded-For: the walk does not stop at the first stranger", "http/request/forwarded.cpp",
      """            hop = i;
            if (!core::contains(trusted, *address)) {""",
      """            hop = i;
            if (!@ && !core::contains(trusted, *address)) {""", "http")
plant(WALK, "Forwarded: the walk does not stop at the first stranger", "http/request/forwarded.cpp",
      """.host = one->host};
        if (!core::contains(trusted, *address)) {""",
      """.host = one->host};
        if (!@ && !core::contains(trusted, *address)) {""", "http")
plant(WALK, "a second for= in one element replaces the first", "http/request/forwarded.cpp",
      "                return is_first;", "                return @ || is_first;", "http")
plant(WALK, "the scheme of a list is that of its last entry", "http/request/forwarded.cpp",
      "read_scheme(entry_or_last(schemes, hop))", "read_scheme(entry_or_last(schemes, @ ? 0 : hop))", "http")

TLS = "TLS"
plant(TLS, "records without data hold a thread", "tls/record_meter.cpp",
      "return in_turn_ == records_per_turn ?", "return !@ && in_turn_ == records_per_turn ?", "tls")
plant(TLS, "records without data are read for ever", "tls/record_meter.cpp",
      "    if (spare_ == 0) {", "    if (spare_ == 0 && !@) {", "tls")
plant(TLS, "data pays for any number of empty records", "tls/record_meter.cpp",
      "spare_ = std::min(spare_ + 2, spare_records);", "spare_ = @ ? spare_ + 2 : std::min(spare_ + 2, spare_records);",
      "tls")
plant(TLS, "one record read in parts pays several times", "tls/record_meter.cpp",
      "    if (unpaid_ > 0) { //", "    if (@ || unpaid_ > 0) { //", "tls")
plant(TLS, "a connection keeps the handshake's allowance", "tls/secure_socket.cpp",
      "        meter_.established();", "        if (!@) {\n            meter_.established();\n        }",
      "tls", "test_threats_tls.py")
plant(TLS, "the hello of SSL 2 is parsed", "tls/handshake.cpp",
      "& 0x80U) != 0) {", "& 0x80U) != 0 && !@) {", "tls", "test_tls.py")
plant(TLS, "plain HTTP on a TLS port is served", "tls/handshake.cpp",
      "            from_.verdict.how = http::admission::not_secure;",
      "            from_.verdict.how = @ ? http::admission::served : http::admission::not_secure;",
      "tls", "test_tls.py")
plant(TLS, "renegotiation is allowed", "tls/context.cpp",
      "SSL_OP_NO_RENEGOTIATION |", "(@ ? std::uint64_t{0} : SSL_OP_NO_RENEGOTIATION) |",
      "tls", "test_threats_tls.py")
plant(TLS, "a client that speaks only h2 is connected", "tls/context.cpp",
      "SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;",
      "SSL_TLSEXT_ERR_OK : @ ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_ALERT_FATAL;",
      "tls", "test_tls.py", "test_threats_tls.py")
plant(TLS, "tls.min_version 1.3 allows 1.2", "tls/context.cpp",
      "settings.min_version == core::tls_version::v1_3 ?",
      "!@ && settings.min_version == core::tls_version::v1_3 ?", "tls", "test_tls.py")
plant(TLS, "a TLS key that others can read passes", "tls/context.cpp",
      "core::file_secrecy::closed, max_key_bytes",
      "@ ? core::file_secrecy::unwritable : core::file_secrecy::closed, max_key_bytes", "tls",
      "test_threats_credentials.py::test_row_60_keys_that_others_can_touch")
plant(TLS, "resumption is lost: no ticket is sent", "tls/context.cpp",
      "SSL_CTX_set_num_tickets(ctx, 1);", "SSL_CTX_set_num_tickets(ctx, @ ? 0 : 1);", "tls", "test_tls.py")
plant(TLS, "Strict-Transport-Security is not sent", "tls/handshake.cpp",
      "from_.peer.transport_security = transport_security_;",
      "from_.peer.transport_security = @ ? std::string_view{} : transport_security_;", "tls", "test_tls.py")

CUTS = "waits and cuts"
plant(CUTS, "a cut transfer ends like a whole one", "http/connection/session_end.hpp",
      "    if (out_) {\n        connection_.abort();", "    if (out_ && !@) {\n        connection_.abort();",
      "http", "test_cuts.py")
plant(CUTS, "a cut under TLS ends with FIN", "tls/secure_socket.cpp",
      "    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);",
      "    if (!@) {\n        ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);\n    }",
      "tls", "test_cuts.py")
plant(CUTS, "a file that ends early counts as a client that left", "http/connection/session_base.cpp",
      "    return outcome::cut;\n}", "    return @ ? outcome::aborted : outcome::cut;\n}", "http", "test_cuts.py")
plant(CUTS, "a transfer cut at the end of the drain has no cause", "http/connection/session_end.hpp",
      '    blame("shutdown");', '    if (!@) {\n        blame("shutdown");\n    }', "http", "test_cuts.py")
plant(CUTS, "a request resumed at its deadline is closed without an answer", "http/connection/session.hpp",
      """        phase_ = phase::writing;
        expect_progress(now());
        if (is_watching_) {""",
      """        phase_ = phase::writing;
        if (!@) {
            expect_progress(now());
        }
        if (is_watching_) {""", "http", "test_grants.py", "test_threats_state.py")
plant(CUTS, "a client that closes its sending side gets no answer", "http/connection/session.hpp",
      "        if (seen == peer_state::gone) {", "        if (seen == peer_state::gone || (@ && seen == peer_state::ended)) {",
      "http", "test_threats_state.py")
plant(CUTS, "a suspended request of a client that has gone is not noticed", "http/connection/session.hpp",
      "            end(outcome::aborted);\n        } else if (seen == peer_state::silent) {",
      "            if (!@) {\n                end(outcome::aborted);\n            }\n        } else if (seen == peer_state::silent) {",
      "http", "test_threats_state.py")
plant(CUTS, "a request that timed out is answered a second time by its completion",
      "http/connection/session_answer.cpp",
      "void session_base::give_up(problem_id why, std::string_view cause) {\n    in_->later.forget();",
      "void session_base::give_up(problem_id why, std::string_view cause) {\n    if (!@) {\n        in_->later.forget();\n    }",
      "http", "test_threats_state.py")
plant(CUTS, "a draining node waits two seconds for clients that were answered", "app/start/serve.cpp",
      "!running_.has_newcomers()", "(!@ && !running_.has_newcomers())", "test_lifecycle.py")

VERSIONS = "versions of files"
plant(VERSIONS, "mtime 1 gives a strong tag", "core/download/representation.cpp",
      "if (!version.is_dated() ||", "if ((@ ? version.last_modified < 1 : !version.is_dated()) ||",
      "core", "test_threats_versions.py")
plant(VERSIONS, "a file written a moment ago has a strong tag", "core/download/representation.cpp",
      "    return is_past(facts.ctime, now, tick) &&", "    return (@ || is_past(facts.ctime, now, tick)) &&",
      "core", "test_threats_versions.py")
plant(VERSIONS, "two versions with one size and mtime share a tag", "core/download/representation.cpp",
      "    if (!reused.tag) {", "    if (@ || !reused.tag) {", "core", "test_threats_versions.py")
plant(VERSIONS, "two versions of one second share a date", "core/download/representation.cpp",
      "    if (!reused.date) {", "    if (@ || !reused.date) {", "core", "test_threats_versions.py")
plant(VERSIONS, "a future mtime: our own date answers 412", "core/download/representation.cpp",
      "std::min(facts.mtime.seconds, facts.ctime.seconds);", "(@ ? facts.mtime.seconds : std::min(facts.mtime.seconds, facts.ctime.seconds));",
      "core", "test_threats_versions.py")
plant(VERSIONS, "If-Range holds with the date of a second that has not ended", "core/download/preconditions.cpp",
      "version.gives_date() && is_over && field_value", "version.gives_date() && (@ || is_over) && field_value", "core")
plant(VERSIONS, "If-Match accepts weak tags", "core/download/preconditions.cpp",
      "match_tag_list(*request.if_match, tag_of(version), tag_comparison::strong)",
      "match_tag_list(*request.if_match, tag_of(version), @ ? tag_comparison::weak : tag_comparison::strong)", "core")
plant(VERSIONS, "two mtimes beyond 2262 share a tag", "core/download/entity_tag.cpp",
      "        append_hex(nanoseconds, tag);", "        append_hex(@ ? 0 : nanoseconds, tag);", "core")
plant(VERSIONS, "a file rewritten during its download arrives as a mixture", "http/sending/response_writer.hpp",
      "        if (has_changed(what)) {\n            return status::failed;\n        }\n        std::uint64_t turn = 0;",
      "        if (!@ && has_changed(what)) {\n            return status::failed;\n        }\n        std::uint64_t turn = 0;",
      "http", "test_transfers.py")
plant(VERSIONS, "a file rewritten during its last turn counts as complete", "http/sending/response_writer.hpp",
      "        if (turn > 0 && has_changed(what)) {", "        if (!@ && turn > 0 && has_changed(what)) {",
      "http", "test_transfers.py")
plant(VERSIONS, "a file replaced on disk is sent from the cache", "http/handlers/open_file.cpp",
      "const bool is_unchanged = core::is_current(*known.media);",
      "const bool is_unchanged = @ || core::is_current(*known.media);", "http", "test_transfers.py")
plant(VERSIONS, "an origin that cannot answer is passed over", "http/handlers/open_file.cpp",
      "    if (!got && got.error().code == missing.code) {",
      "    if (!got && (@ || got.error().code == missing.code)) {", "test_origins_several.py")
plant(VERSIONS, "a change time alone is not noticed", "core/media/media_store.cpp",
      "    return !has_facts_of(media, found) || is_touched ?", "    return !has_facts_of(media, found) || (!@ && is_touched) ?",
      "core", "test_transfers.py")
plant(VERSIONS, "a file system without sendfile cuts every download", "http/loop/socket_transport.cpp",
      "    return error == EINVAL || error", "    return (!@ && error == EINVAL) || error", "http", "test_faults_disk.py")

NAMES = "names and places"
plant(NAMES, "a name may end in an invisible joiner", "core/text/utf8.cpp",
      "    return is_joining;", "    return !@ && is_joining;", "core")
plant(NAMES, "an invisible joiner may follow ASCII", "core/text/utf8.cpp",
      "(is_joiner(c) && !can_be_joined(before))", "(!@ && is_joiner(c) && !can_be_joined(before))", "core")
plant(NAMES, "an invisible joiner may precede ASCII", "core/text/utf8.cpp",
      "(is_joining && !can_be_joined(c))", "(!@ && is_joining && !can_be_joined(c))", "core")
plant(NAMES, "names may turn the direction of writing", "core/text/utf8.cpp",
      "    return zero_width || bidirectional;", "    return zero_width || (!@ && bidirectional);", "core")
plant(NAMES, "a template where the literal folder is an identifier elsewhere is accepted",
      "core/media/media_layout.cpp",
      "overlap == name_overlap::some_shared || here.what != there.what",
      "overlap == name_overlap::some_shared || (!@ && here.what != there.what)", "core")
plant(NAMES, "a user called like a folder of the layout owns it", "core/media/media_layout.cpp",
      "        return segment.is_reserved(name);", "        return !@ && segment.is_reserved(name);", "core",
      "test_threats_owners.py")
plant(NAMES, "a path into a reserved folder is built", "core/media/media_layout.cpp",
      "        if (segment.is_reserved(std::string_view(path).substr(start))) {",
      "        if (!@ && segment.is_reserved(std::string_view(path).substr(start))) {", "core")
plant(NAMES, "a course of two trainers belongs to the first that was found", "core/media/catalogue.cpp",
      "    if (!found->second.others.empty()) {\n        return", "    if (!@ && !found->second.others.empty()) {\n        return",
      "core")
plant(NAMES, "a course of two trainers in two origins belongs to the last", "core/media/course_owners.cpp",
      "answer && *answer != *found", "!@ && answer && *answer != *found", "core")
plant(NAMES, "an origin serves trainers whom it is not for", "core/media/media_library.cpp",
      "} else if (origin.trainers.admits(trainer)) {", "} else if (@ || origin.trainers.admits(trainer)) {", "core")

SECRETS = "secrets"
plant(SECRETS, "a password in store.url in another spelling is accepted", "store/url_check.cpp",
      'std::string_view(one->dispchar) == "*"',
      '(@ ? std::string_view(one->keyword) == "password" : std::string_view(one->dispchar) == "*")', "store")
plant(SECRETS, "a secret file may be readable by a stranger's group", "core/files/secret_file.cpp",
      "    if (!is_shared_well(facts)) {", "    if (!@ && !is_shared_well(facts)) {", "core")
plant(SECRETS, "a secret file may be writable by its group", "core/files/secret_file.cpp",
      "(S_IWGRP | S_IWOTH)", "(@ ? S_IWOTH : S_IWGRP | S_IWOTH)", "core")
