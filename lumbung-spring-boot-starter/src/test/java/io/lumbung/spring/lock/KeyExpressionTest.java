package io.lumbung.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.config.ConfigException;
import io.lumbung.key.Key;
import java.lang.reflect.Method;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

class KeyExpressionTest {
    private static final Key ORDER = Key.parse("order");

    private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();

    record Order(@Nullable Object id, String tenant) {}

    static class Orders {
        private final String region = "eu";

        public String region() {
            return region;
        }

        @SuppressWarnings("unused")
        void place(@Nullable Object id, Order order, int... counts) {}
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "#id | order:42",
                "#p0 | order:42",
                "#a0 | order:42",
                "#order.id | order:7",
                "#order.id() | order:7",
                "{#order.tenant, #id} | order:acme:42",
                "#order.tenant + '-' + #id | order:acme-42",
                "#counts.length | order:2",
                "method.name | order:place",
                "#root.method.name | order:place",
                "target.region | order:eu",
                "args[0] | order:42",
                "@prefix + #id | order:p42",
                "'literal' | order:literal",
            })
    void namesArgumentsTheMethodTheTargetAndBeans(String expression, String lock) throws Exception {
        beans.registerSingleton("prefix", "p");

        assertThat(key(expression, "42", new Order(7, "acme"))).hasToString(lock);
    }

    @ParameterizedTest
    @CsvSource({"a:b, order:a%3Ab", "{x}, order:%7Bx%7D", "*, order:%2A", "%2A, order:%252A", "'a b', order:a b"})
    void whatAUserTypedStaysOnePart(String typed, String lock) throws Exception {
        assertThat(key("#id", typed, new Order(7, "acme"))).hasToString(lock);
    }

    @Test
    void twoListsOfPartsAreNeverTheSameLock() throws Exception {
        assertThat(key("{#id, #order.tenant}", "a:b", new Order(7, "c")))
                .isNotEqualTo(key("{#id, #order.tenant}", "a", new Order(7, "b:c")));
    }

    @Test
    void textNumbersBooleansUuidsEnumsDatesAndListsOfTheseHaveAText() throws Exception {
        UUID uuid = UUID.fromString("00000000-0000-0001-0000-000000000002");
        for (Object id : List.of("x", 'x', 5L, true, uuid, TimeUnit.DAYS, LocalDate.of(2026, 1, 2))) {
            String text = id instanceof Enum<?> constant ? constant.name() : id.toString();
            assertThat(key("#id", id, new Order(7, "c"))).isEqualTo(ORDER.then(text));
        }
        assertThat(key("#id", List.of("a", 1), new Order(7, "c"))).hasToString("order:a:1");
        assertThat(key("#id", new Object[] {"a", 1}, new Order(7, "c"))).hasToString("order:a:1");
        assertThat(key("#id", Key.of("a:b", "c"), new Order(7, "c"))).hasToString("order:a%3Ab:c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#id", "#order.id", "{'a', #id}", "null", "#order.id?.length"})
    void nullIsAnErrorThatNamesTheExpression(String expression) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key(expression, null, new Order(null, "acme")))
                .withMessage("key '" + expression + "' of @Locked on " + Orders.class.getName()
                        + ".place gave null: without it all callers would share one lock");
    }

    @Test
    void blankTextAndEmptyListsAreErrorsThatNameTheExpression() {
        for (String blank : List.of("", " ", "\t\n")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> key("#id", blank, new Order(7, "acme")))
                    .withMessageContaining("key '#id' of @Locked on")
                    .withMessageContaining("gave blank text");
        }
        for (Object empty : Arrays.asList(List.of(), new Object[0])) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> key("#id", empty, new Order(7, "acme")))
                    .withMessageContaining("gave an empty list");
        }
    }

    @Test
    void whatHasNoTextThatStaysTheSameIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("#order", "42", new Order(7, "acme")))
                .withMessageContaining("key '#order' of @Locked on")
                .withMessageContaining("gave a " + Order.class.getName())
                .withMessageContaining("#order.id");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("#id", List.of(List.of("a")), new Order(7, "acme")))
                .withMessageContaining("whose text is not sure to stay the same");
    }

    @Test
    void anExpressionThatFailsSaysWhichOneAndWhy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("#order.nothing", "42", new Order(7, "acme")))
                .withMessageStartingWith(
                        "key '#order.nothing' of @Locked on " + Orders.class.getName() + ".place has no")
                .withMessageContaining("nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#idd", "#order.id + #p3", "{#id, #tenant}", "#id == null ? #x : #id"})
    void aNameThatNoParameterHasIsFoundBeforeTheFirstCall(String expression) {
        assertThatThrownBy(() -> key(expression, "42", new Order(7, "acme")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(
                        "key of @Locked on " + Orders.class.getName() + ".place is '" + expression + "': ")
                .hasMessageContaining("the method has no parameter #")
                .hasMessageEndingWith("Name one of its parameters, or its place: #p0.");
    }

    @Test
    void anExpressionThatIsNoneIsFoundBeforeTheFirstCall() {
        assertThatThrownBy(() -> key("#id +", "42", new Order(7, "acme")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("key of @Locked on " + Orders.class.getName() + ".place is '#id +': ")
                .hasMessageEndingWith("Correct the expression.");
    }

    private Key key(String expression, @Nullable Object id, Order order) throws NoSuchMethodException {
        Method method = Orders.class.getDeclaredMethod("place", Object.class, Order.class, int[].class);
        return KeyExpression.of(new Place("@Locked", method, Orders.class), expression, beans)
                .orElseThrow()
                .appendTo(ORDER, new Orders(), new @Nullable Object[] {id, order, new int[] {1, 2}});
    }
}
