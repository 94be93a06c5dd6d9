/** Sessions that cannot come back from the dead and leave nothing behind; start with {@link io.lumbung.session.Sessions}. */
@NullMarked
package io.lumbung.session;

import org.jspecify.annotations.NullMarked;
