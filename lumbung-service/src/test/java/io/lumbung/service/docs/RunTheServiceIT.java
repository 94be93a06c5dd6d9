package io.lumbung.service.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.service.RunningService;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Walks the tour of the page about running the service, command by command, and gets the answers that stand there. */
@RunningService
class RunTheServiceIT {

    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");
    private static final Pattern TOKEN = Pattern.compile("[a-z2-7]{2}\\.[A-Za-z0-9_-]{43}");
    private static final Pattern SESSION = Pattern.compile("(?<=\"id\":\")[A-Za-z0-9_-]{22}(?=\")");
    private static final Pattern AGENT = Pattern.compile("(?<=\"user_agent\":\")[^\"]+(?=\")");
    private static final Pattern COOKIE_FILE = Pattern.compile(" -c (\\S+)");
    private static final Pattern COOKIE = Pattern.compile("(session=[^;]*).*");
    private static final Pattern INSTANCE = Pattern.compile("instance-[0-9a-f]{8}");
    private static final Pattern COUNT = Pattern.compile("(?<=\"(?:new|changed)_[a-z]{1,9}\":)\\d+");
    private static final Pattern LATENCY = Pattern.compile("\\d+\\.\\dms");

    @LocalServerPort
    private int port;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> cookieFiles = new HashMap<>();

    private record Step(String command, String output) {}

    @Test
    void everyCommandIsAnsweredAsThePageSays() throws Exception {
        List<Step> tour = tour();
        assertThat(tour).hasSizeGreaterThan(8);
        Map<String, String> ids = new HashMap<>();
        for (Step step : tour) {
            String command = replaced(step.command(), ids);
            boolean withHead = command.contains(" -i ");
            HttpResponse<String> answer = client.send(request(command), BodyHandlers.ofString());
            keepCookie(command, answer);
            String[] shown = withHead ? step.output().split("\n\n", 2) : new String[] {"", step.output()};
            learn(ids, step.output(), (withHead ? answer.headers().map().toString() : "") + answer.body());

            if (withHead) {
                head(shown[0], answer);
            }
            assertThat(leveled(answer.body())).as(command).isEqualTo(leveled(shown[1].strip()));
        }
    }

    private void keepCookie(String command, HttpResponse<String> answer) {
        Matcher file = COOKIE_FILE.matcher(command);
        Matcher cookie =
                COOKIE.matcher(answer.headers().firstValue("Set-Cookie").orElse(""));
        if (file.find() && cookie.matches()) {
            cookieFiles.put(file.group(1), cookie.group(1));
        }
    }

    private static void head(String shown, HttpResponse<String> answer) {
        List<String> lines = shown.lines().map(String::strip).toList();
        assertThat(lines.get(0)).isEqualTo("HTTP/1.1 " + answer.statusCode());
        for (String line : lines.subList(1, lines.size())) {
            String[] header = line.split(": ", 2);
            assertThat(answer.headers().firstValue(header[0]).map(RunTheServiceIT::leveled))
                    .as(line)
                    .contains(leveled(header[1]));
        }
    }

    private static List<Step> tour() {
        List<Step> steps = new ArrayList<>();
        for (String block : Pages.blocks("console", Pages.RUN_THE_SERVICE)) {
            for (String step : block.split("(?m)^\\$ ")) {
                String joined = step.replace("\\\n", " ");
                if (joined.startsWith("curl ")) {
                    int end = joined.indexOf('\n');
                    steps.add(new Step(
                            joined.substring(0, end), joined.substring(end + 1).strip()));
                }
            }
        }
        return steps;
    }

    private HttpRequest request(String command) {
        HttpRequest.Builder request = HttpRequest.newBuilder();
        String method = "GET";
        String body = "";
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        Iterator<String> left = words.subList(1, words.size()).iterator();
        while (left.hasNext()) {
            String next = left.next();
            switch (next) {
                case "-i", "-s" -> {}
                case "-c" -> left.next();
                case "-b" -> request.header("Cookie", cookieFiles.get(left.next()));
                case "-X" -> method = left.next();
                case "-H" -> {
                    String[] header = left.next().split(": ", 2);
                    request.header(header[0], header[1]);
                }
                case "-d" -> {
                    body = left.next();
                    method = method.equals("GET") ? "POST" : method;
                }
                default -> {
                    assertThat(next).startsWith("http://localhost:8080/");
                    request.uri(URI.create(next.replace("8080", Integer.toString(port))));
                }
            }
        }
        return request.method(method, BodyPublishers.ofString(body)).build();
    }

    /** Which id of ours stands for which id of the page. */
    private static void learn(Map<String, String> ids, String shown, String seen) {
        List<String> theirs = ID.matcher(shown)
                .results()
                .map(found -> found.group())
                .distinct()
                .toList();
        List<String> ours = ID.matcher(seen)
                .results()
                .map(found -> found.group())
                .distinct()
                .toList();
        assertThat(ours).as(seen).hasSameSizeAs(theirs);
        for (int i = 0; i < theirs.size(); i++) {
            ids.putIfAbsent(theirs.get(i), ours.get(i));
        }
    }

    private static String replaced(String command, Map<String, String> ids) {
        return ID.matcher(command).replaceAll(found -> ids.getOrDefault(found.group(), found.group()));
    }

    /** What differs from run to run. */
    private static String leveled(String text) {
        String tokens = TOKEN.matcher(text).replaceAll("TOKEN");
        String sessions =
                AGENT.matcher(SESSION.matcher(tokens).replaceAll("SESSION")).replaceAll("AGENT");
        String ids = ID.matcher(sessions).replaceAll("ID");
        String digests =
                INSTANCE.matcher(COUNT.matcher(ids).replaceAll("COUNT")).replaceAll("INSTANCE");
        return LATENCY.matcher(TIME.matcher(digests).replaceAll("TIME")).replaceAll("LATENCY");
    }
}
