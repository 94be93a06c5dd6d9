package io.lumbung.service.web;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * An absolute http or https address with a host, and without a user name that could pose as the host.
 *
 * <p>Nothing else may stand behind a link: {@code javascript:} would run in the visitor's browser.
 */
@Constraint(validatedBy = WebAddress.Rule.class)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface WebAddress {

    /** The longest address browsers and sitemaps agree on. */
    int LONGEST = 2_048;

    /** What the caller reads when the rule is broken. */
    String message() default
            "must be an http or https address of at most 2048 characters, with a host and without"
                    + " a user name, such as https://example.org/garden";

    /** Required by Jakarta Validation. */
    Class<?>[] groups() default {};

    /** Required by Jakarta Validation. */
    Class<? extends Payload>[] payload() default {};

    /** Looks at the address; public because the validator makes it by name. */
    final class Rule implements ConstraintValidator<WebAddress, CharSequence> {

        @Override
        public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
            if (text == null || text.length() > LONGEST || !text.codePoints().allMatch(Rule::visible)) {
                return false;
            }
            try {
                URI uri = new URI(text.toString());
                String scheme = String.valueOf(uri.getScheme());
                return (scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))
                        && uri.getHost() != null
                        && uri.getRawUserInfo() == null
                        && uri.getPort() <= 65_535;
            } catch (URISyntaxException notAnAddress) {
                return false;
            }
        }

        /** What turns the reading direction or cannot be seen has no place in an address. */
        private static boolean visible(int character) {
            int type = Character.getType(character);
            return character > ' '
                    && !Character.isISOControl(character)
                    && type != Character.FORMAT
                    && type != Character.SURROGATE;
        }
    }
}
