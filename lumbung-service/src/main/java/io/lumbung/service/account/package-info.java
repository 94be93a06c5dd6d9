/**
 * Who somebody is: registering, logging in and out, one's own sessions, and whose page may be changed. Read {@link
 * io.lumbung.service.account.AuthController} first.
 */
@NullMarked
package io.lumbung.service.account;

import org.jspecify.annotations.NullMarked;
