package io.lumbung.service.web;

import io.lumbung.spring.session.CurrentSession;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The words of the API page that belong to no single endpoint: the title, the problems each one can answer, and the cache's header. */
@Configuration(proxyBeanMethods = false)
class ApiDescription {

    private static final String PROBLEM = "Problem";
    private static final List<String> ORDER = List.of("auth", "me", "users", "links", "socials", "digests");
    private static final String REGISTER = "/api/v1/auth/register";
    private static final String LOGIN = "/api/v1/auth/login";
    private static final String LOGOUT = "/api/v1/auth/logout";
    private static final String ME = "/api/v1/me";
    private static final String HANDLE = "/api/v1/me/handle";
    private static final String DIGEST = "/api/v1/digests/latest";
    private static final String USERS = "/api/v1/users";
    private static final String USER = "/api/v1/users/{id}";
    private static final String COOKIE = "session";
    private static final String PLAIN_COOKIE = "sessionOverHttp";

    static {
        // Who is logged in comes from a cookie, not from a parameter.
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(CurrentSession.class);
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Lumbung reference service")
                        .version("v1")
                        .description("A link-in-bio back end: users with links and social profiles. Every error is"
                                + " application/problem+json with a stable `code`; bodies may have 64 KiB. An address"
                                + " may ask 100 times a minute; the headers `X-RateLimit-*` and `RateLimit` say where it"
                                + " stands. Whoever registers or logs in gets a cookie, which goes along with every later"
                                + " request of a browser; a page is changed by its owner.")
                        .license(new License().name("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0")))
                .components(new Components()
                        .addSecuritySchemes(COOKIE, cookie("__Host-session", "Set by registering and logging in."))
                        .addSecuritySchemes(
                                PLAIN_COOKIE, cookie("session", "The same over plain HTTP, for development only.")));
    }

    private static SecurityScheme cookie(String name, String description) {
        return new SecurityScheme()
                .type(SecurityScheme.Type.APIKEY)
                .in(SecurityScheme.In.COOKIE)
                .name(name)
                .description(description);
    }

    /** Adds the problems and the cache's header to every operation that has them, so that no controller repeats them. */
    @Bean
    OpenApiCustomizer sharedByOperations() {
        return api -> {
            ModelConverters.getInstance()
                    .readAll(Problem.class)
                    .forEach((name, schema) -> api.getComponents().addSchemas(name, schema));
            api.setTags(api.getTags().stream()
                    .sorted(Comparator.comparingInt(tag -> ORDER.indexOf(tag.getName())))
                    .toList());
            api.getPaths()
                    .forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
                        addProblems(path, method, operation);
                        if (needsLogin(path, method)) {
                            operation.addSecurityItem(new SecurityRequirement().addList(COOKIE));
                            operation.addSecurityItem(new SecurityRequirement().addList(PLAIN_COOKIE));
                        }
                        if (method == PathItem.HttpMethod.GET && !path.endsWith("/sessions") && !path.equals(DIGEST)) {
                            addCacheStatus(operation);
                        }
                    }));
        };
    }

    private static void addCacheStatus(Operation operation) {
        StringSchema values = new StringSchema();
        List.of("hit", "miss", "bypass").forEach(values::addEnumItem);
        Header header = new Header().description(CacheStatus.MEANING).schema(values);
        operation.getResponses().forEach((status, response) -> {
            if (status.equals("200")) {
                response.addHeaderObject(CacheStatus.HEADER, header);
            }
        });
    }

    private static void addProblems(String path, PathItem.HttpMethod method, Operation operation) {
        Map<Integer, List<ProblemCode>> byStatus = new TreeMap<>();
        for (ProblemCode code : possible(path, method, operation.getRequestBody() != null)) {
            byStatus.computeIfAbsent(code.status().value(), status -> new ArrayList<>())
                    .add(code);
        }
        byStatus.forEach(
                (status, codes) -> operation.getResponses().addApiResponse(status.toString(), response(codes)));
    }

    private static List<ProblemCode> possible(String path, PathItem.HttpMethod method, boolean hasBody) {
        List<ProblemCode> codes = new ArrayList<>();
        boolean reads = method == PathItem.HttpMethod.GET;
        boolean ofOneUser = path.startsWith(USER);
        boolean ofMe = path.startsWith(ME);
        if (hasBody) {
            codes.addAll(List.of(
                    ProblemCode.VALIDATION_FAILED,
                    ProblemCode.MALFORMED_BODY,
                    ProblemCode.UNKNOWN_PROPERTY,
                    ProblemCode.BODY_TOO_LARGE,
                    ProblemCode.UNSUPPORTED_MEDIA_TYPE));
        }
        if (path.equals(USERS)) {
            codes.add(ProblemCode.VALIDATION_FAILED);
        }
        if (path.equals(USERS) || path.contains("{")) {
            codes.add(ProblemCode.INVALID_PARAMETER);
        }
        if (needsLogin(path, method)) {
            codes.add(ProblemCode.NOT_LOGGED_IN);
        }
        if (ofOneUser) {
            if (!reads) {
                codes.add(ProblemCode.NOT_YOURS);
            }
            codes.add(ProblemCode.USER_NOT_FOUND);
        }
        if (path.equals(LOGIN)) {
            codes.addAll(List.of(ProblemCode.WRONG_CREDENTIALS, ProblemCode.TOO_MANY_SESSIONS));
        }
        boolean claims = path.equals(HANDLE) || (path.equals(USER) && hasBody);
        if (path.equals(REGISTER) || claims) {
            codes.add(ProblemCode.HANDLE_TAKEN);
        }
        if (claims) {
            codes.add(ProblemCode.HANDLE_BUSY);
        }
        if (path.equals(REGISTER) || (path.equals(USER) && hasBody)) {
            codes.add(ProblemCode.EMAIL_TAKEN);
        }
        if (ofOneUser && path.contains("/links")) {
            codes.add(hasBody ? ProblemCode.TOO_MANY_LINKS : ProblemCode.LINK_NOT_FOUND);
        }
        if (ofOneUser && path.contains("/socials")) {
            codes.add(hasBody ? ProblemCode.TOO_MANY_SOCIALS : ProblemCode.SOCIAL_NOT_FOUND);
        }
        if (ofMe && path.contains("{")) {
            codes.add(ProblemCode.SESSION_NOT_FOUND);
        }
        if (path.equals(DIGEST)) {
            codes.add(ProblemCode.DIGEST_NOT_FOUND);
        }
        codes.add(ProblemCode.NOT_ACCEPTABLE);
        codes.add(ProblemCode.RATE_LIMITED);
        codes.add(ProblemCode.INTERNAL_ERROR);
        codes.add(ProblemCode.DATABASE_UNAVAILABLE);
        if (claims) {
            codes.add(ProblemCode.LOCK_STORE_UNAVAILABLE);
        }
        if (needsLogin(path, method) || path.equals(LOGIN) || path.equals(LOGOUT)) {
            codes.add(ProblemCode.SESSION_STORE_UNAVAILABLE);
        }
        return codes;
    }

    private static boolean needsLogin(String path, PathItem.HttpMethod method) {
        return path.startsWith(ME) || (path.startsWith(USER) && method != PathItem.HttpMethod.GET);
    }

    private static ApiResponse response(List<ProblemCode> codes) {
        String description = String.join(
                "; ",
                codes.stream().map(code -> "`" + code + "`: " + code.title()).toList());
        return new ApiResponse()
                .description(description)
                .content(new Content()
                        .addMediaType(
                                "application/problem+json",
                                new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM))));
    }
}
