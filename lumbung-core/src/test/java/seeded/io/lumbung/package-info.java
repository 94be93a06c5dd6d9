/** Classes that break the rules of the architecture, to see that the rules bite. */
@NullMarked
package seeded.io.lumbung;

import org.jspecify.annotations.NullMarked;
