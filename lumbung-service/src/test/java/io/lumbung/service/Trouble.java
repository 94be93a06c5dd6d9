package io.lumbung.service;

import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An endpoint with a defect, for the tests of what a defect looks like from outside. */
@Hidden
@TestComponent
@RestController
class Trouble {

    @GetMapping("/trouble")
    String fail() {
        throw new IllegalStateException("the secret of the house is 42");
    }
}
