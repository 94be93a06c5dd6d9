package io.lumbung.service.account;

import io.lumbung.service.user.RegisterUser;
import io.lumbung.service.user.User;
import org.springframework.stereotype.Service;

/** Makes a user who can log in. */
@Service
class OpenAccount {

    private final RegisterUser users;
    private final CredentialStore credentials;
    private final Passwords passwords;

    OpenAccount(RegisterUser users, CredentialStore credentials, Passwords passwords) {
        this.users = users;
        this.credentials = credentials;
        this.passwords = passwords;
    }

    User open(RegisterInput input) {
        // Slow, so before there is a transaction.
        String hash = passwords.hash(input.password());
        return users.register(input.user(), id -> credentials.insert(id, hash));
    }
}
