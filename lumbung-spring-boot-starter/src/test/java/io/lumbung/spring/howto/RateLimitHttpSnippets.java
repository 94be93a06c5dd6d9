package io.lumbung.spring.howto;

import io.lumbung.key.Key;
import io.lumbung.ratelimit.RateLimit;
import io.lumbung.spring.ratelimit.ClientIp;
import io.lumbung.spring.ratelimit.RateLimitKey;
import io.lumbung.spring.ratelimit.RateLimitRule;
import io.lumbung.spring.ratelimit.RateLimitRules;
import io.lumbung.spring.ratelimit.RateLimited;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What {@code docs/how-to/rate-limit-http.md} shows; run by {@link RateLimitHttpHowToIT}. */
interface RateLimitHttpSnippets {

    @RestController
    class Exports {
        @GetMapping("/exports")
        @RateLimited("export")
        String list() {
            return "list";
        }

        @GetMapping("/exports/all")
        @RateLimited(value = "export", cost = 2)
        String everything() {
            return "everything";
        }
    }

    @Configuration
    class Keys {
        @Bean
        RateLimitKey tenant(ClientIp clientIp) {
            return request -> Optional.ofNullable(request.getHeader("X-Tenant"))
                    .map(Key::of)
                    .or(() -> clientIp.of(request).map(ip -> Key.of("ip", ip)));
        }
    }

    class Subscription implements RateLimitKey {
        @Override
        public Optional<Key> of(HttpServletRequest request) {
            return Optional.ofNullable(request.getUserPrincipal()).map(user -> Key.of("plan", user.getName()));
        }

        @Override
        public boolean afterLogin() {
            return true;
        }
    }

    @Service
    class Emergency {
        private final RateLimitRules rules;

        Emergency(RateLimitRules rules) {
            this.rules = rules;
        }

        void tighten() {
            List<RateLimitRule> all = new ArrayList<>(rules.rules());
            all.add(RateLimitRule.of("emergency", RateLimit.perSecond(2)).onPaths("/search/**"));
            rules.replace(all);
        }

        void relax() {
            rules.reload();
        }
    }
}
