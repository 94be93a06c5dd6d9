package io.lumbung.service.account;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A password of at least so many characters, as NIST SP 800-63B counts them, and of at most {@value #MOST_BYTES} bytes:
 * bcrypt does not see what stands behind them. What is told is how many there are, never which.
 */
@Constraint(validatedBy = PasswordRule.Check.class)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@interface PasswordRule {

    int MOST_BYTES = 72;

    /** How many characters it must have. */
    int least();

    /** Not used: the sentence depends on what is wrong. */
    String message() default "";

    /** Required by Jakarta Validation. */
    Class<?>[] groups() default {};

    /** Required by Jakarta Validation. */
    Class<? extends Payload>[] payload() default {};

    /** Looks at length and characters; made by the validator. */
    final class Check implements ConstraintValidator<PasswordRule, Password> {

        private int least;

        @Override
        public void initialize(PasswordRule annotation) {
            least = annotation.least();
        }

        @Override
        public boolean isValid(@Nullable Password password, ConstraintValidatorContext context) {
            Optional<String> wrong = wrong(password == null ? Password.NONE : password);
            wrong.ifPresent(sentence -> {
                context.disableDefaultConstraintViolation();
                context.buildConstraintViolationWithTemplate(sentence).addConstraintViolation();
            });
            return wrong.isEmpty();
        }

        private Optional<String> wrong(Password password) {
            if (password.isMissing()) {
                return Optional.of(lengths() + "; it is missing or empty");
            }
            if (password.characters() < least) {
                return Optional.of(lengths() + "; it has " + password.characters()
                        + (password.characters() == 1 ? " character" : " characters"));
            }
            if (password.bytes() > MOST_BYTES) {
                return Optional.of(lengths() + "; it has " + password.bytes() + " bytes");
            }
            if (!password.text().codePoints().allMatch(Check::typed)) {
                return Optional.of("must not contain control characters or broken characters");
            }
            return password.text().isBlank() ? Optional.of("must not be blank") : Optional.empty();
        }

        private String lengths() {
            String most = "at most " + MOST_BYTES + " bytes in UTF-8";
            return least > 1 ? "must be at least " + least + " characters and " + most : "must be " + most;
        }

        private static boolean typed(int character) {
            return !Character.isISOControl(character) && Character.getType(character) != Character.SURROGATE;
        }
    }
}
