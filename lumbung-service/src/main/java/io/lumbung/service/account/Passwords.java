package io.lumbung.service.account;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Makes and checks the hashes of passwords: bcrypt today, named in each hash so that it can be something else tomorrow.
 * Slow on purpose. Thread-safe.
 */
@Component
class Passwords {

    private static final String TODAY = "bcrypt";

    private final PasswordEncoder encoder;
    private final String nobodys;

    @Autowired
    Passwords() {
        this(new DelegatingPasswordEncoder(TODAY, Map.of(TODAY, new BCryptPasswordEncoder())));
    }

    Passwords(PasswordEncoder encoder) {
        this.encoder = encoder;
        this.nobodys = hash(new Password(UUID.randomUUID().toString()));
    }

    /** What may be stored of it. */
    final String hash(Password password) {
        String hash = encoder.encode(password.text());
        if (hash == null) {
            throw new IllegalStateException("the encoder made no hash");
        }
        return hash;
    }

    /** Whether it is the one {@code hash} was made of. Takes as long where there is no hash: then it is not. */
    boolean matches(Password password, Optional<String> hash) {
        boolean same = encoder.matches(password.text(), hash.orElse(nobodys));
        return same && hash.isPresent();
    }
}
