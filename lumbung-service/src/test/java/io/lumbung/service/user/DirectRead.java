package io.lumbung.service.user;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.beans.factory.BeanFactory;

/** The read of a user that no cache stands before, for tests outside this package. */
public final class DirectRead {

    private DirectRead() {}

    public static Function<UUID, Optional<User>> of(BeanFactory service) {
        return service.getBean(UserStore.class)::find;
    }
}
