package io.lumbung.service.link;

import io.lumbung.service.user.Link;
import io.lumbung.service.user.UserTouch;
import io.lumbung.service.user.UserWrites;
import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Adds a link to a user's page; a page has at most 100. */
@Service
class AddLink {

    static final int MOST = 100;

    private final LinkStore links;
    private final UserTouch users;
    private final UserWrites writes;

    AddLink(LinkStore links, UserTouch users, UserWrites writes) {
        this.links = links;
        this.users = users;
        this.writes = writes;
    }

    Link add(UUID userId, LinkInput input) {
        return writes.change(userId, () -> {
            users.touch(userId);
            if (links.count(userId) >= MOST) {
                throw new ProblemException(
                        ProblemCode.TOO_MANY_LINKS, "a user may have at most " + MOST + " links; remove one first");
            }
            return links.insert(userId, input);
        });
    }
}
