/** What the how-to pages show, compiled and run. Read {@link io.lumbung.spring.howto.SpringCacheSnippets} first. */
@NullMarked
package io.lumbung.spring.howto;

import org.jspecify.annotations.NullMarked;
