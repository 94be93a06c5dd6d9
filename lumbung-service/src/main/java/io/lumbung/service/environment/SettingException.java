package io.lumbung.service.environment;

/** A setting that cannot be used; its message names the variable and never a secret. */
public final class SettingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String fix;

    /**
     * @param problem which setting is wrong, and why
     * @param fix what to write instead
     */
    public SettingException(String problem, String fix) {
        super(problem);
        this.fix = fix;
    }

    /** What to do about it. */
    public String fix() {
        return fix;
    }
}
