package io.lumbung.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SessionRaceTest {

    @Test
    void whoIsAimedForTakesPart() {
        Stream.concat(
                        Stream.of(SessionRace.requests(3), SessionRace.logins(3, new Servers())),
                        Stream.concat(SessionRace.lists().stream(), SessionRace.departures(new Servers()).stream()))
                .forEach(race -> assertThat(race.entrants())
                        .extracting(Entrant::name)
                        .doesNotHaveDuplicates()
                        .containsAll(race.aims().stream()
                                .flatMap(aim -> Stream.of(aim.contender(), aim.against()))
                                .toList()));
    }

    @Test
    void everySpringStoreIsAimedAtWithSixtyFourCallersOnly() {
        var aimed = SessionRace.requests(3).aims().stream()
                .filter(aim -> aim.holdsFor(new Load(64, false)))
                .toList();
        assertThat(aimed)
                .extracting(aim -> aim.times() + " " + aim.against())
                .containsExactlyInAnyOrder(
                        "0.75 hgetall",
                        "4.0 spring-jdk",
                        "4.0 spring-json",
                        "8.0 indexed-jdk",
                        "8.0 indexed-json",
                        "8.0 indexed-sorted-set");
        assertThat(aimed).noneMatch(aim -> aim.holdsFor(new Load(1, false)));
    }

    @Test
    void aVisitorRemembersAboutThreeHundredBytesThatAreHisOwn() {
        List<Visitor> all = Visitor.of(1_000);
        assertThat(all).extracting(Visitor::user).doesNotHaveDuplicates();
        assertThat(all).extracting(Visitor::csrf).doesNotHaveDuplicates();
        assertThat(all).allSatisfy(visitor -> {
            assertThat(visitor.attributes()).hasSize(4);
            assertThat(bytes(visitor)).isBetween(280, 320);
        });
    }

    @Test
    void theMoreSessionsAUserHasTheFewerUsersThereAre() {
        assertThat(SessionRace.lists())
                .extracting(SessionRace::name, race -> race.course().keys())
                .containsExactly(tuple("1", 1_000), tuple("100", 100), tuple("1000", 10));
    }

    private static int bytes(Visitor visitor) {
        return visitor.attributes().entrySet().stream()
                .mapToInt(one -> (one.getKey() + one.getValue()).getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }
}
