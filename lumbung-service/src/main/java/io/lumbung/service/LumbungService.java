package io.lumbung.service;

public class LumbungService {
    public static void main(String[] args) {}
}
