package io.lumbung.service.user;

import io.lumbung.key.Key;

/**
 * Which page of which users is wanted.
 *
 * @param search a part of handle or name in any case; empty finds everybody
 * @param page from 1
 * @param limit 1 to 100
 */
record UserQuery(String search, int page, int limit) {

    UserQuery {
        if (page < 1) {
            throw new IllegalArgumentException("page must be at least 1, was " + page);
        }
        if (limit < 1 || limit > 100) {
            throw new IllegalArgumentException("limit must be 1 to 100, was " + limit);
        }
        search = search.strip();
    }

    /** Names everything that decides what is found: {@code search:John:p1:l10}, or {@code p1:l10} for everybody. */
    Key key() {
        Key cut = Key.of("p" + page, "l" + limit);
        return search.isEmpty() ? cut : Key.of("search", search).then(cut);
    }

    long offset() {
        return (page - 1L) * limit;
    }

    /** What the caller typed is searched as it stands; only we write wildcards. */
    String pattern() {
        return "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
    }
}
