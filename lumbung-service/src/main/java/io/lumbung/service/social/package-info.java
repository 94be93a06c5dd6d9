/** Social profiles on a user's page. Read {@link io.lumbung.service.social.SocialController} first. */
@NullMarked
package io.lumbung.service.social;

import org.jspecify.annotations.NullMarked;
