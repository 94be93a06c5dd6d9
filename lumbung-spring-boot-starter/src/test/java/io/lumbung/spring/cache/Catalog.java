package io.lumbung.spring.cache;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;

/** A service with every kind of cache annotation, and a source that counts how often it is asked. */
class Catalog {
    record Item(String id, int price) {}

    /** Where the truth lives; apart from the service, whose proxy has no fields. */
    static final class Shelf {
        final Map<String, Item> source = new ConcurrentHashMap<>();
        final AtomicInteger loads = new AtomicInteger();
        volatile Runnable whileLoading = () -> {};

        private @Nullable Item load(String id) {
            loads.incrementAndGet();
            Item read = source.get(id);
            whileLoading.run();
            return read;
        }
    }

    private final Shelf shelf = new Shelf();

    public Shelf shelf() {
        return shelf;
    }

    @Cacheable("items")
    public @Nullable Item find(String id) {
        return shelf.load(id);
    }

    @Cacheable(cacheNames = "items", sync = true)
    public @Nullable Item findInOneStep(String id) {
        return shelf.load(id);
    }

    @Cacheable(cacheNames = "items", unless = "#result == null || #result.price < 0")
    public @Nullable Item findUnlessNegative(String id) {
        return shelf.load(id);
    }

    @Cacheable(cacheNames = "items", unless = "#result == null")
    public @Nullable Item findUnlessNull(String id) {
        return shelf.load(id);
    }

    @Cacheable("items")
    public Optional<Item> findOptional(String id) {
        return Optional.ofNullable(shelf.load(id));
    }

    @Cacheable("items")
    public CompletableFuture<Item> findLater(String id) {
        return CompletableFuture.supplyAsync(() -> shelf.load(id));
    }

    @Cacheable("items")
    public Item failing(String id, Supplier<? extends Exception> failure) throws Exception {
        shelf.loads.incrementAndGet();
        throw failure.get();
    }

    @Cacheable(cacheNames = "items", key = "#id")
    public Item failingFor(String id, Supplier<? extends Exception> failure) throws Exception {
        shelf.loads.incrementAndGet();
        throw failure.get();
    }

    @Cacheable("lists")
    public List<Item> list(@Nullable String search, int page) {
        shelf.loads.incrementAndGet();
        return List.copyOf(shelf.source.values());
    }

    @Cacheable("items")
    public String otherType(String id) {
        return id;
    }

    @Cacheable("anything")
    public Object anything(String id) {
        shelf.loads.incrementAndGet();
        return shelf.source.get(id);
    }

    @CachePut(cacheNames = "items", key = "#item.id")
    public Item save(Item item) {
        shelf.source.put(item.id(), item);
        return item;
    }

    @CacheEvict("items")
    public void drop(String id) {
        shelf.source.remove(id);
    }

    @CacheEvict(cacheNames = "items", beforeInvocation = true)
    public void dropFirst(String id) {
        throw new IllegalStateException("after the eviction");
    }

    @CacheEvict(cacheNames = "items", allEntries = true)
    public void dropAll() {
        shelf.source.clear();
    }
}
