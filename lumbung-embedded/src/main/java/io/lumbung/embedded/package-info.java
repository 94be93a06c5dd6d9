/**
 * Real Redis servers as child processes, for development and tests.
 *
 * <p>Read {@link io.lumbung.embedded.RedisServer} first; {@link io.lumbung.embedded.RedisCluster} and {@link
 * io.lumbung.embedded.RedisSentinel} are made of it, {@link io.lumbung.embedded.TlsFiles} gives it a certificate.
 *
 * <pre>{@code
 * try (RedisServer server = RedisServer.builder().password("secret").config("maxmemory", "64mb").start()) {
 *     connect(server.url());
 *     server.pause();                  // SIGSTOP: accepts connections, answers nothing
 *     server.resume();
 *     server.kill();                   // SIGKILL
 *     server.restart(Data.KEEP);       // same port, every acknowledged write is there
 *     server.command("CONFIG", "SET", "maxmemory", "1mb");
 * }
 * }</pre>
 *
 * <p><b>What can be relied on.</b> Every process listens on 127.0.0.1 only, on ports below those the system gives to
 * outgoing connections, keeps its files in a folder of its own under {@code java.io.tmpdir} that only this user can read,
 * and ends with this JVM however this JVM ends, {@code kill -9} included; the folders go with it. {@code start()} returns
 * when the server answers. A server takes 10 to 30 ms, a Sentinel group about one second, a cluster two to three.
 *
 * <p><b>Which program.</b> {@code RedisServer.Builder.executable}, else the system property {@code
 * lumbung.embedded.redis.executable}, else the environment variable {@code LUMBUNG_REDIS_SERVER}, else {@code
 * redis-server} or {@code valkey-server} on PATH, else the binary that comes with this module: Redis 7.0.15 for Linux and
 * macOS on amd64 and arm64. That version no longer gets security fixes; it is for development and tests only. Its SHA-256
 * is checked when it is unpacked, once per JVM.
 *
 * <p><b>What it needs.</b> {@code /bin/sh}, and a temporary folder from which programs may be run. Root or not makes no
 * difference.
 */
@NullMarked
package io.lumbung.embedded;

import org.jspecify.annotations.NullMarked;
