/** Users: what the service shows of them and how they are registered, read, listed, changed and removed. Read {@link io.lumbung.service.user.User} first. */
@NullMarked
package io.lumbung.service.user;

import org.jspecify.annotations.NullMarked;
