package io.lumbung.service.link;

import io.lumbung.service.user.UserTouch;
import io.lumbung.service.user.UserWrites;
import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import io.lumbung.service.web.Removed;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Removes a link from a user's page. */
@Service
class RemoveLink {

    private final LinkStore links;
    private final UserTouch users;
    private final UserWrites writes;

    RemoveLink(LinkStore links, UserTouch users, UserWrites writes) {
        this.links = links;
        this.users = users;
        this.writes = writes;
    }

    Removed remove(UUID userId, UUID linkId) {
        return writes.change(userId, () -> {
            users.touch(userId);
            if (!links.delete(userId, linkId)) {
                throw new ProblemException(ProblemCode.LINK_NOT_FOUND, "the user has no link with the id " + linkId);
            }
            return new Removed(linkId);
        });
    }
}
