// The texts of the statements of store/sql_connection.hpp, shared by both databases.
#include "store/sql_connection.hpp"

#include <array>

namespace sluice::store {

namespace {

// In the order of `query`. SQLite numbers $1 and $2 by their first occurrence, PostgreSQL by name.
constexpr std::array<const char*, query_count> texts{
    // At most sixteen look-ups of the primary key, however many grants there are.
    "SELECT not_before, not_after FROM sluice_grants WHERE user_id = $1"
    " AND trainer_id IN ('', $2) AND course_id IN ('', $3)"
    " AND module_id IN ('', $4) AND lesson_id IN ('', $5)",
    // An import that changes nothing writes nothing, so that no node's cache is dropped.
    "INSERT INTO sluice_grants AS g"
    " (user_id, trainer_id, course_id, module_id, lesson_id, not_before, not_after)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (user_id, trainer_id, course_id, module_id, lesson_id)"
    " DO UPDATE SET not_before = excluded.not_before, not_after = excluded.not_after"
    " WHERE g.not_before IS DISTINCT FROM excluded.not_before"
    " OR g.not_after IS DISTINCT FROM excluded.not_after",
    "DELETE FROM sluice_grants WHERE user_id = $1 AND trainer_id = $2 AND course_id = $3"
    " AND module_id = $4 AND lesson_id = $5",
    "SELECT user_id, trainer_id, course_id, module_id, lesson_id, not_before, not_after"
    " FROM sluice_grants WHERE user_id = $1 OR $1 = ''"
    " ORDER BY user_id, trainer_id, course_id, module_id, lesson_id",
    "INSERT INTO sluice_revocations (kind, subject, issued_before, expires_at, reason)"
    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    "DELETE FROM sluice_revocations WHERE kind = $1 AND subject = $2",
    "SELECT seq, kind, subject, issued_before, expires_at, reason, created_at"
    " FROM sluice_revocations WHERE seq > $1 ORDER BY seq LIMIT $2",
    "SELECT (SELECT value FROM sluice_meta WHERE name = 'revocations_generation'),"
    " (SELECT coalesce(max(seq), 0) FROM sluice_revocations)",
    "DELETE FROM sluice_revocations WHERE expires_at <= $1 AND created_at <= $2",
    "SELECT value FROM sluice_meta WHERE name = 'schema_version'",
};

} // namespace

const char* text_of(query which) noexcept {
    return texts[static_cast<std::size_t>(which)];
}

} // namespace sluice::store
