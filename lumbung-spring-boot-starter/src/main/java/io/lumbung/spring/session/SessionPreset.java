package io.lumbung.spring.session;

import io.lumbung.session.SessionPolicy;

/** The policies that are there already, by the name a property gives them. */
enum SessionPreset {
    STANDARD,
    NIST_AAL1,
    NIST_AAL2,
    NIST_AAL3,
    OWASP_LOW_RISK,
    OWASP_HIGH_VALUE;

    SessionPolicy policy() {
        return switch (this) {
            case STANDARD -> SessionPolicy.standard();
            case NIST_AAL1 -> SessionPolicy.nistAal1();
            case NIST_AAL2 -> SessionPolicy.nistAal2();
            case NIST_AAL3 -> SessionPolicy.nistAal3();
            case OWASP_LOW_RISK -> SessionPolicy.owaspLowRisk();
            case OWASP_HIGH_VALUE -> SessionPolicy.owaspHighValue();
        };
    }
}
