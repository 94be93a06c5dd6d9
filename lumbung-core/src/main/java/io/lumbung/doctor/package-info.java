/** Finds settings of a server that endanger what Lumbung keeps on it; start with {@link io.lumbung.doctor.Doctor}. */
@NullMarked
package io.lumbung.doctor;

import org.jspecify.annotations.NullMarked;
