package io.lumbung.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Start-up was refused because of how a server is set up, as the configuration asks. */
public final class UnsafeServerException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    // An exception can be written to a stream, so what it holds is of a kind that can, too.
    private final ArrayList<String> fixes;

    /**
     * Because of these findings.
     *
     * @param why the setting that asked for it
     */
    public UnsafeServerException(String why, List<Finding> findings) {
        super("not starting, as " + why + " says. "
                + findings.stream().map(Finding::toString).collect(Collectors.joining(" ")));
        this.fixes = new ArrayList<>(findings.stream().map(Finding::fix).toList());
    }

    /** What to do, one sentence for each finding, without its full stop. */
    public List<String> fixes() {
        return List.copyOf(fixes);
    }
}
