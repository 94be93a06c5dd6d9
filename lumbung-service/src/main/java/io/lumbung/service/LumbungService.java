package io.lumbung.service;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The reference service: a link-in-bio back end on PostgreSQL and Redis, ready to run. */
@SpringBootApplication
public class LumbungService {

    /** Starts the service; the settings come from arguments, the environment and {@code ./.env}. */
    public static void main(String[] args) {
        SpringApplication.run(LumbungService.class, args);
    }
}
