package io.lumbung.service.user;

import io.lumbung.cache.Fetched;
import io.lumbung.service.web.Page;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads one page of the users, with the number of all of them, from one moment. */
@Service
class ListUsers {

    private final UserStore users;
    private final UserCache cache;
    private final TransactionTemplate oneSnapshot;

    ListUsers(UserStore users, UserCache cache, PlatformTransactionManager transactions) {
        this.users = users;
        this.cache = cache;
        this.oneSnapshot = new TransactionTemplate(transactions);
        this.oneSnapshot.setReadOnly(true);
        this.oneSnapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    }

    Fetched<Page<User>> list(UserQuery query) {
        return cache.page(query, () -> oneSnapshot.execute(status -> users.page(query)));
    }
}
