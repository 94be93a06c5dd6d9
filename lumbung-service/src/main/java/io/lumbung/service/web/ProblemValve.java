package io.lumbung.service.web;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Reports requests that Tomcat refused before any servlet saw them; public because Tomcat makes it by name. */
public final class ProblemValve extends ErrorReportValve {

    private static final Logger log = LoggerFactory.getLogger(ProblemValve.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        if (failure != null && status >= 500) {
            log.error("{}: failed below the servlets", request.getRequestURI(), failure);
        }
        String path = request.getRequestURI();
        byte[] body = JSON.writeValueAsString(ProblemStatus.problem(status, path == null ? "/" : path))
                .getBytes(StandardCharsets.UTF_8);
        try {
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            response.setContentLength(body.length);
            OutputStream output = response.getOutputStream();
            output.write(body);
            response.finishResponse();
        } catch (IOException | IllegalStateException gone) {
            log.debug("{}: nobody is left to read the answer", path, gone);
        }
    }
}
