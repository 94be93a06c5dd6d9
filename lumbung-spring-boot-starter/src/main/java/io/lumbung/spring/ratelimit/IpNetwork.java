package io.lumbung.spring.ratelimit;

import java.util.Optional;

/** A block of addresses, {@code 10.0.0.0/8}, or one address. Immutable. */
record IpNetwork(IpAddress first, int prefix) {

    /** The block that {@code text} names; empty if it is no address or network, or has bits behind its prefix. */
    static Optional<IpNetwork> parse(String text) {
        int slash = text.indexOf('/');
        Optional<IpAddress> address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        IpAddress written = address.get();
        int prefix = slash < 0 ? written.bits() : number(text.substring(slash + 1));
        if (prefix < 0 || prefix > written.bits() || !written.masked(prefix).equals(written)) {
            return Optional.empty();
        }
        // Whoever connects is looked at unmapped, so the block is, too.
        return Optional.of(
                written.isMapped() && prefix >= 96
                        ? new IpNetwork(written.unmapped(), prefix - 96)
                        : new IpNetwork(written, prefix));
    }

    private static int number(String text) {
        return text.matches("0|[1-9][0-9]{0,2}") ? Integer.parseInt(text) : -1;
    }

    boolean contains(IpAddress address) {
        return address.isSix() == first.isSix() && address.masked(prefix).equals(first);
    }

    @Override
    public String toString() {
        return first + "/" + prefix;
    }
}
