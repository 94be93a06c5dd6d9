/** Links on a user's page. Read {@link io.lumbung.service.link.LinkController} first. */
@NullMarked
package io.lumbung.service.link;

import org.jspecify.annotations.NullMarked;
