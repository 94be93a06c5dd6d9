package io.lumbung.service.web;

import java.util.List;

/**
 * One page of a list, cut from a single state of the database.
 *
 * @param data the page's entries, in the list's stable order
 * @param total how many entries all pages have together
 * @param page which page this is, from 1
 * @param limit how many entries a page has at most
 */
public record Page<T>(List<T> data, long total, int page, int limit) {

    public Page {
        data = List.copyOf(data);
    }
}
