package io.lumbung.redis;

/** Which of several connections is a thread's own: always the same one, so what a thread sends stays in order. */
final class ThreadPlace {
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private ThreadPlace() {}

    /** A place from 0 to {@code places - 1}. */
    @SuppressWarnings("deprecation")
    static int among(int places) {
        return (int) (((Thread.currentThread().getId() * GOLDEN_RATIO) >>> 33) % places);
    }
}
