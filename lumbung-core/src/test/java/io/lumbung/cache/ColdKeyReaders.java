package io.lumbung.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The main of a process that reads one cold key with many threads at once. It says {@code ready}, waits for {@code go},
 * says {@code loading} when its loader runs, and in the end how often it was answered from where.
 */
final class ColdKeyReaders {
    private ColdKeyReaders() {}

    /** @param args the server's URL, the key, how many threads, how long a load takes in ms (-1: for ever) */
    public static void main(String[] args) throws Exception {
        String key = args[1];
        int readers = Integer.parseInt(args[2]);
        long loadMillis = Long.parseLong(args[3]);
        try (CacheBench bench = CacheBench.at(args[0])) {
            Cache<String> cache = bench.caches
                    .cache("cold", String.class)
                    .deadline(Duration.ofSeconds(10))
                    .waitAtMost(Duration.ofSeconds(60))
                    .build();
            cache.get("warm", () -> "connected, subscribed, scripts known");
            Map<Source, Integer> answers = new TreeMap<>();
            List<String> wrong = new ArrayList<>();
            CountDownLatch go = new CountDownLatch(1);
            CountDownLatch waiting = new CountDownLatch(readers);
            CountDownLatch done = new CountDownLatch(readers);
            for (int i = 0; i < readers; i++) {
                CacheBench.daemon(
                                () -> {
                                    try {
                                        waiting.countDown();
                                        go.await();
                                        Fetched<String> fetched = cache.fetch(key, () -> load(loadMillis));
                                        synchronized (answers) {
                                            answers.merge(fetched.source(), 1, Integer::sum);
                                        }
                                    } catch (Throwable e) {
                                        synchronized (wrong) {
                                            wrong.add(e.toString());
                                        }
                                    } finally {
                                        done.countDown();
                                    }
                                },
                                "reader")
                        .start();
            }
            waiting.await();
            System.out.println("ready");
            new Scanner(System.in, "UTF-8").nextLine();
            long began = System.nanoTime();
            go.countDown();
            done.await();
            System.out.println(
                    "done in " + Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms: " + answers + " wrong "
                            + wrong.stream().distinct().toList());
        }
    }

    private static String load(long millis) throws InterruptedException {
        System.out.println("loading");
        CountDownLatch never = new CountDownLatch(1);
        if (millis < 0) {
            never.await();
        }
        // A slow source.
        never.await(millis, TimeUnit.MILLISECONDS);
        return "value";
    }
}
