package io.lumbung.service.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.lumbung.service.RunningService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What a newcomer sees: the pages come up without an error, and ask nobody but the service. */
@RequiresBrowser
@RunningService
class PagesInBrowserIT {

    @LocalServerPort
    private int port;

    @TempDir
    Path folder;

    @Test
    void theFirstPageShowsTheAddressThatWasAsked() throws Exception {
        Browser.Visit visit = new Browser(folder).visit(home() + "/");
        assertThat(visit.document())
                .contains("The reference service is running")
                .contains(home() + "</span>/api/v1/auth/register");
        isQuietAndAtHome(visit);
    }

    @Test
    void theApiPageShowsEveryOperation() throws Exception {
        Browser.Visit visit = new Browser(folder).visit(home() + "/swagger-ui.html");
        assertThat(visit.document())
                .contains("Lumbung reference service")
                .contains("Register")
                .contains("End all of one's sessions")
                .contains("Remove a social profile");
        assertThat(visit.requests()).contains(home() + "/v3/api-docs");
        isQuietAndAtHome(visit);
    }

    @Test
    void aPageThatComplainsAndAsksSomebodyElseIsCaught() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            byte[] page = "<script>console.error('spoilt')</script><img src='http://example.org/rice.png'>"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        try {
            Browser.Visit visit = new Browser(folder)
                    .visit("http://localhost:" + server.getAddress().getPort() + "/");
            assertThat(visit.console()).singleElement().asString().contains("spoilt");
            assertThat(visit.requests()).contains("http://example.org/rice.png");
        } finally {
            server.stop(0);
        }
    }

    private void isQuietAndAtHome(Browser.Visit visit) {
        assertThat(visit.console()).isEmpty();
        assertThat(visit.requests()).allMatch(address -> address.startsWith(home() + "/"));
    }

    private String home() {
        return "http://localhost:" + port;
    }
}
