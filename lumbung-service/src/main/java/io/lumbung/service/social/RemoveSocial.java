package io.lumbung.service.social;

import io.lumbung.service.user.UserTouch;
import io.lumbung.service.user.UserWrites;
import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import io.lumbung.service.web.Removed;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Removes a social profile from a user's page. */
@Service
class RemoveSocial {

    private final SocialStore socials;
    private final UserTouch users;
    private final UserWrites writes;

    RemoveSocial(SocialStore socials, UserTouch users, UserWrites writes) {
        this.socials = socials;
        this.users = users;
        this.writes = writes;
    }

    Removed remove(UUID userId, UUID socialId) {
        return writes.change(userId, () -> {
            users.touch(userId);
            if (!socials.delete(userId, socialId)) {
                throw new ProblemException(
                        ProblemCode.SOCIAL_NOT_FOUND, "the user has no social profile with the id " + socialId);
            }
            return new Removed(socialId);
        });
    }
}
