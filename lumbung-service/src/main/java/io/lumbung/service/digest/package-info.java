/**
 * Digests: what happened on all pages, period by period, written by one instance of many. Read {@link
 * io.lumbung.service.digest.WriteDigests} first.
 */
@NullMarked
package io.lumbung.service.digest;

import org.jspecify.annotations.NullMarked;
