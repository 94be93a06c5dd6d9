FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY . .
RUN mvn --batch-mode --quiet -pl lumbung-service -am package -DskipTests

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 lumbung
WORKDIR /app
COPY --from=build /build/lumbung-service/target/lumbung-service-*.jar app.jar
USER lumbung
EXPOSE 8000
ENV PORT=8000
ENTRYPOINT ["java", "-jar", "/app/app.jar"]
