package io.lumbung.service.web;

import java.util.UUID;

/**
 * What a deletion leaves behind: the name of what is gone.
 *
 * @param id what was deleted
 */
public record Removed(UUID id) {}
