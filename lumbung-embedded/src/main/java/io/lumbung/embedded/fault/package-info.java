/**
 * Breaks the link to a server, or a whole JVM, on command and always at the same point.
 *
 * <p>Read {@link io.lumbung.embedded.fault.FaultProxy} first, {@link io.lumbung.embedded.fault.Faults} for what it can do;
 * {@link io.lumbung.embedded.fault.ProxiedCluster} puts one in front of every node of a cluster, and {@link
 * io.lumbung.embedded.fault.ChildJvm} is a JVM to be killed.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.inFrontOf(server)) {
 *     connect(proxy.url());
 *     proxy.cutAfterExecution("INCR", 3, Cut.FIN);   // executed, but nobody hears of it
 *     proxy.answer("GET", 1, "-LOADING Redis is loading the dataset in memory");
 *     proxy.stall();                                 // half-open: nothing passes, nothing closes
 *     proxy.flow();
 *     proxy.onConnectionsNamed("pubsub").cutAll(Cut.RST);
 *     assertThat(proxy.count("EVALSHA")).isEqualTo(1);
 *     proxy.heal();
 * }
 * }</pre>
 */
@NullMarked
package io.lumbung.embedded.fault;

import org.jspecify.annotations.NullMarked;
