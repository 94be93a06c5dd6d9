/**
 * Locks for Spring: {@link io.lumbung.spring.lock.Locked}, {@link io.lumbung.spring.lock.OnOneInstance}, and Spring
 * Integration's {@code LockRegistry}. Read {@link io.lumbung.spring.lock.LumbungLockAutoConfiguration} first.
 */
@NullMarked
package io.lumbung.spring.lock;

import org.jspecify.annotations.NullMarked;
