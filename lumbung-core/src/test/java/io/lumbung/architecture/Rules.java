package io.lumbung.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The rules, each for a tree of packages under some root. */
final class Rules {
    static final Map<String, Rule> ALL = new LinkedHashMap<>();

    private static final String[] FEATURES = {
        "cache", "session", "ratelimit", "event", "lock", "counter", "leaderboard", "doctor"
    };
    private static final String[] KERNEL = {"redis", "key", "codec", "error", "observe", "config"};

    private static final DescribedPredicate<JavaClass> PUBLIC = DescribedPredicate.describe(
            "are public", type -> type.getModifiers().contains(JavaModifier.PUBLIC));

    static {
        ALL.put(
                "features do not know each other",
                root -> slices().matching(root + "io.lumbung.(" + either(FEATURES) + ")..")
                        .should()
                        .notDependOnEachOther());
        ALL.put(
                "the kernel does not know features",
                root -> noClasses()
                        .that()
                        .resideInAnyPackage(all(root, KERNEL))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(all(root, FEATURES)));
        ALL.put(
                "nobody knows the door",
                root -> noClasses()
                        .that()
                        .resideInAnyPackage(both(all(root, FEATURES), all(root, KERNEL)))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(root + "io.lumbung"));
        ALL.put(
                "Redis* is how, not what",
                root -> classes()
                        .that()
                        .haveSimpleNameStartingWith("Redis")
                        .and()
                        .resideInAnyPackage(all(root, FEATURES))
                        .should()
                        .bePackagePrivate());
        ALL.put(
                "only the gateway knows the client",
                root -> noClasses()
                        .that()
                        .resideOutsideOfPackage(root + "io.lumbung.redis..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("io.lettuce..", "io.netty..", "reactor.."));
        ALL.put(
                "only the codec knows Jackson",
                root -> noClasses()
                        .that()
                        .resideOutsideOfPackage(root + "io.lumbung.codec..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("tools.jackson..", "com.fasterxml.."));
        ALL.put(
                "the client does not leak",
                root -> methods()
                        .that()
                        .areDeclaredInClassesThat(resideInAnyPackage(root + "io.lumbung.."))
                        .and()
                        .areDeclaredInClassesThat(PUBLIC)
                        .and()
                        .arePublic()
                        .should()
                        .haveRawReturnType(resideOutsideOfPackages("io.lettuce..", "io.netty..", "reactor..")));
        ALL.put(
                "packages have no cycles",
                root -> slices().matching(root + "io.lumbung.(*)..").should().beFreeOfCycles());
        ALL.put(
                "time is handed in",
                root -> noClasses()
                        .that(resideInAnyPackage(root + "io.lumbung..")
                                .and(resideOutsideOfPackages(root + "io.lumbung.redis..")))
                        .should()
                        .callMethodWhere(target(owner(type(System.class))).and(target(name("currentTimeMillis"))))
                        .orShould()
                        .callMethodWhere(target(owner(type(Instant.class))).and(target(name("now"))))
                        .orShould()
                        .callMethodWhere(target(owner(type(Clock.class))).and(target(name("systemUTC"))))
                        .orShould()
                        .callMethodWhere(target(owner(type(Thread.class))).and(target(name("sleep"))))
                        .orShould()
                        .callMethodWhere(target(owner(type(TimeUnit.class))).and(target(name("sleep")))));
        ALL.put(
                "no Java serialization",
                root -> noClasses()
                        .should()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("java.io.ObjectInputStream")
                        .orShould()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("java.io.ObjectOutputStream"));
        ALL.put(
                "every package is null-marked",
                root -> classes().that().resideInAPackage(root + "io.lumbung..").should(liveInANullMarkedPackage()));
    }

    private Rules() {}

    /** A rule for the packages below some root. */
    interface Rule {
        ArchRule of(String root);

        default ArchRule under(String root) {
            return of(root).allowEmptyShould(true);
        }
    }

    private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return new ArchCondition<>("live in a @NullMarked package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage()
                        .tryGetAnnotationOfType("org.jspecify.annotations.NullMarked")
                        .isPresent();
                events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " is not @NullMarked"));
            }
        };
    }

    private static String either(String... packages) {
        return String.join("|", packages);
    }

    private static String[] all(String root, String... packages) {
        return Arrays.stream(packages)
                .map(name -> root + "io.lumbung." + name + "..")
                .toArray(String[]::new);
    }

    private static String[] both(String[] some, String[] more) {
        return Stream.of(some, more).flatMap(Arrays::stream).toArray(String[]::new);
    }
}
