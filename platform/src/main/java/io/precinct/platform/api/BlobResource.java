package io.precinct.platform.api;

import io.precinct.engine.Blob;
import io.precinct.engine.Target;
import io.precinct.platform.errors.ErrorDetail;
import io.precinct.platform.errors.ErrorResponses;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.BlobRead;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.web.Governed;
import io.precinct.platform.web.RequestId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;

/**
 * Contents of Blobs. A content that the graph keeps is answered whole or for one range of bytes, with a strong entity tag
 * (RFC 9110 §8.8, §13, §14); for one that is kept elsewhere the caller is sent there.
 */
@Path("/tenants/{tenant}/graphs/{graph}/blob")
@Produces({MediaType.APPLICATION_OCTET_STREAM, MediaType.APPLICATION_JSON})
public final class BlobResource {
    static final String SNAPSHOT = "Omnigraph-Snapshot-Id";

    /** Of a content held at once while it is written. */
    private static final int CHUNK = 1 << 20;

    private final OperationRunner runner;

    public BlobResource(OperationRunner runner) {
        this.runner = runner;
    }

    /** What of the request's headers bears on the answer. */
    private record Conditions(
            Optional<String> range, Optional<String> ifMatch, Optional<String> ifNoneMatch, Optional<String> ifRange) {
        static Conditions of(String range, String ifMatch, String ifNoneMatch, String ifRange) {
            return new Conditions(
                    Optional.ofNullable(range),
                    Optional.ofNullable(ifMatch),
                    Optional.ofNullable(ifNoneMatch),
                    Optional.ofNullable(ifRange));
        }
    }

    @GET
    @Operation(operationId = "blob", summary = "Content of a Blob, whole or a range of it")
    @ApiResponse(responseCode = "200", description = "the content")
    @ApiResponse(responseCode = "206", description = "the range that was asked for")
    @ApiResponse(responseCode = "302", description = "the content is kept elsewhere")
    @ApiResponse(responseCode = "304", description = "the content is the one that the caller has")
    @ApiResponse(responseCode = "416", description = "the range lies outside the content")
    @Governed(action = "read", operation = "blob.get")
    public Response get(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @QueryParam("entity") String entity,
            @QueryParam("type") String type,
            @QueryParam("id") String id,
            @QueryParam("property") String property,
            @QueryParam("branch") String branch,
            @QueryParam("snapshot") String snapshot,
            @HeaderParam("Range") String range,
            @HeaderParam("If-Match") String ifMatch,
            @HeaderParam("If-None-Match") String ifNoneMatch,
            @HeaderParam("If-Range") String ifRange) {
        BlobRead.Found found = found(caller, http, graph, read(entity, type, id, property, branch, snapshot, graph));
        return answer(found, Conditions.of(range, ifMatch, ifNoneMatch, ifRange), http, true);
    }

    /** The same without the content; a range is not looked at. */
    @HEAD
    @Operation(operationId = "blobHead", summary = "Length and entity tag of a Blob")
    @Governed(action = "read", operation = "blob.get")
    public Response head(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @QueryParam("entity") String entity,
            @QueryParam("type") String type,
            @QueryParam("id") String id,
            @QueryParam("property") String property,
            @QueryParam("branch") String branch,
            @QueryParam("snapshot") String snapshot,
            @HeaderParam("If-Match") String ifMatch,
            @HeaderParam("If-None-Match") String ifNoneMatch) {
        BlobRead.Found found = found(caller, http, graph, read(entity, type, id, property, branch, snapshot, graph));
        return answer(found, Conditions.of(null, ifMatch, ifNoneMatch, null), http, false);
    }

    private static BlobRead read(
            String entity, String type, String id, String property, String branch, String snapshot, String graph) {
        boolean edge = switch (Names.present(entity, "entity")) {
            case "edge" -> true;
            case "node" -> false;
            default ->
                throw new PlatformException(
                        new PlatformFailure.Plain(Problem.INVALID_REQUEST, "'entity' is node or edge"));
        };
        Target target = Names.target(
                Optional.ofNullable(branch), Optional.ofNullable(snapshot), Optional.empty(), Optional.empty());
        return new BlobRead(
                Names.graph(graph),
                target,
                edge,
                Names.present(type, "type"),
                Names.present(id, "id"),
                Names.present(property, "property"));
    }

    private BlobRead.Found found(Caller caller, HttpServletRequest http, String graph, BlobRead read) {
        BlobRead.Found found = runner.run(caller, Requests.context(http), read);
        if (found.blob().isEmpty()) {
            throw new PlatformException(new PlatformFailure.Plain(
                    Problem.NOT_FOUND, "there is no such entity, or it has no content there"));
        }
        return found;
    }

    private static Response answer(
            BlobRead.Found found, Conditions asked, HttpServletRequest http, boolean withContent) {
        return switch (found.blob().orElseThrow()) {
            case Blob.External external ->
                Response.status(Response.Status.FOUND)
                        .location(URI.create(external.address()))
                        .header("Cache-Control", "no-store")
                        .header(SNAPSHOT, found.commit().value())
                        .build();
            case Blob.Managed managed -> managed(found, managed, asked, http, withContent);
        };
    }

    private static Response managed(
            BlobRead.Found found, Blob.Managed blob, Conditions asked, HttpServletRequest http, boolean withContent) {
        // Of the content alone: equal contents have equal tags, whatever wrote them.
        String tag = '"' + blob.digest().substring(0, 32) + '"';
        if (asked.ifMatch().filter(wanted -> !names(wanted, tag, false)).isPresent()) {
            throw new PlatformException(new PlatformFailure.Plain(Problem.PRECONDITION_FAILED));
        }
        if (asked.ifNoneMatch().filter(known -> names(known, tag, true)).isPresent()) {
            return described(Response.notModified(), found, tag).build();
        }
        Optional<ByteRange> range = asked.range()
                .filter(text -> withContent)
                .filter(text -> asked.ifRange().map(tag::equals).orElse(true))
                .flatMap(text -> ByteRange.of(text, blob.length()));
        if (range.filter(one -> one.length() == 0).isPresent()) {
            return described(
                            ErrorResponses.response(
                                    new PlatformFailure.Plain(
                                            Problem.RANGE_NOT_SATISFIABLE,
                                            "the content has " + blob.length() + " bytes",
                                            Optional.of(new ErrorDetail.BlobRange(
                                                    range.get().start(),
                                                    range.get().start(),
                                                    blob.length()))),
                                    RequestId.of(http)),
                            found,
                            tag)
                    .header("Content-Range", "bytes */" + blob.length())
                    .build();
        }
        long start = range.map(ByteRange::start).orElse(0L);
        long length = range.map(ByteRange::length).orElse(blob.length());
        Response.ResponseBuilder answer = described(Response.status(range.isPresent() ? 206 : 200), found, tag)
                .type(MediaType.APPLICATION_OCTET_STREAM_TYPE)
                .header("Content-Length", length);
        range.ifPresent(one ->
                answer.header("Content-Range", "bytes " + start + "-" + (start + length - 1) + "/" + blob.length()));
        return withContent ? answer.entity(content(blob, start, length)).build() : answer.build();
    }

    private static Response.ResponseBuilder described(
            Response.ResponseBuilder answer, BlobRead.Found found, String tag) {
        return answer.header("ETag", tag)
                .header("Accept-Ranges", "bytes")
                .header("Cache-Control", "private, no-cache")
                .header(SNAPSHOT, found.commit().value());
    }

    private static boolean names(String tags, String tag, boolean weak) {
        return tags.strip().equals("*")
                || Arrays.stream(tags.split(","))
                        .map(String::strip)
                        .map(one -> weak && one.startsWith("W/") ? one.substring(2) : one)
                        .anyMatch(tag::equals);
    }

    private static StreamingOutput content(Blob.Managed blob, long start, long length) {
        return out -> {
            for (long at = start; at < start + length; at += CHUNK) {
                out.write(blob.content().read(at, (int) Math.min(CHUNK, start + length - at)));
            }
        };
    }
}
