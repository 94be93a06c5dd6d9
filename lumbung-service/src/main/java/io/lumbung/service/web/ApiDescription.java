package io.lumbung.service.web;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The words of the API page that belong to no single endpoint: the title, the problems each one can answer, and the cache's header. */
@Configuration(proxyBeanMethods = false)
class ApiDescription {

    private static final String PROBLEM = "Problem";
    private static final List<String> ORDER = List.of("users", "links", "socials");

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Lumbung reference service")
                        .version("v1")
                        .description("A link-in-bio back end: users with links and social profiles. Every error is"
                                + " application/problem+json with a stable `code`; bodies may have 64 KiB. An address"
                                + " may ask 100 times a minute; the headers `X-RateLimit-*` and `RateLimit` say where it"
                                + " stands.")
                        .license(new License().name("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0")))
                .components(new Components());
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
                        if (method == PathItem.HttpMethod.GET) {
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
        for (ProblemCode code : possible(path, method)) {
            byStatus.computeIfAbsent(code.status().value(), status -> new ArrayList<>())
                    .add(code);
        }
        byStatus.forEach(
                (status, codes) -> operation.getResponses().addApiResponse(status.toString(), response(codes)));
    }

    private static List<ProblemCode> possible(String path, PathItem.HttpMethod method) {
        List<ProblemCode> codes = new ArrayList<>();
        boolean hasBody = method == PathItem.HttpMethod.POST || method == PathItem.HttpMethod.PUT;
        boolean ofOneUser = path.contains("{id}");
        boolean ofTheUser = !path.contains("/links") && !path.contains("/socials");
        if (hasBody) {
            codes.addAll(List.of(
                    ProblemCode.VALIDATION_FAILED,
                    ProblemCode.MALFORMED_BODY,
                    ProblemCode.UNKNOWN_PROPERTY,
                    ProblemCode.BODY_TOO_LARGE,
                    ProblemCode.UNSUPPORTED_MEDIA_TYPE));
        } else if (!ofOneUser) {
            codes.add(ProblemCode.VALIDATION_FAILED);
        }
        if (ofOneUser || !hasBody) {
            codes.add(ProblemCode.INVALID_PARAMETER);
        }
        if (ofOneUser) {
            codes.add(ProblemCode.USER_NOT_FOUND);
        }
        if (hasBody && ofTheUser) {
            codes.addAll(List.of(ProblemCode.HANDLE_TAKEN, ProblemCode.EMAIL_TAKEN));
        }
        if (path.contains("/links")) {
            codes.add(hasBody ? ProblemCode.TOO_MANY_LINKS : ProblemCode.LINK_NOT_FOUND);
        }
        if (path.contains("/socials")) {
            codes.add(hasBody ? ProblemCode.TOO_MANY_SOCIALS : ProblemCode.SOCIAL_NOT_FOUND);
        }
        codes.add(ProblemCode.NOT_ACCEPTABLE);
        codes.add(ProblemCode.RATE_LIMITED);
        codes.add(ProblemCode.INTERNAL_ERROR);
        codes.add(ProblemCode.DATABASE_UNAVAILABLE);
        return codes;
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
