package io.lumbung.service.social;

import io.lumbung.service.user.Social;
import io.lumbung.service.user.UserTouch;
import io.lumbung.service.user.UserWrites;
import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Adds a social profile to a user's page; a page has at most 100. */
@Service
class AddSocial {

    static final int MOST = 100;

    private final SocialStore socials;
    private final UserTouch users;
    private final UserWrites writes;

    AddSocial(SocialStore socials, UserTouch users, UserWrites writes) {
        this.socials = socials;
        this.users = users;
        this.writes = writes;
    }

    Social add(UUID userId, SocialInput input) {
        return writes.change(userId, () -> {
            users.touch(userId);
            if (socials.count(userId) >= MOST) {
                throw new ProblemException(
                        ProblemCode.TOO_MANY_SOCIALS,
                        "a user may have at most " + MOST + " social profiles; remove one first");
            }
            return socials.insert(userId, input);
        });
    }
}
