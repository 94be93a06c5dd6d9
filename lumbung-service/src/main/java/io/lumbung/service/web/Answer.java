package io.lumbung.service.web;

/**
 * The answer to a write: a sentence and what is stored now.
 *
 * @param message what happened, for people
 * @param data what the write left behind
 */
public record Answer<T>(String message, T data) {}
