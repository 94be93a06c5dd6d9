package io.lumbung.session;

/** The one rule for users' ids. */
final class Users {
    private Users() {}

    static void check(String user) {
        if (user.isBlank()) {
            throw new IllegalArgumentException(
                    "the id of a user must not be blank: all who have none would be one user");
        }
    }
}
