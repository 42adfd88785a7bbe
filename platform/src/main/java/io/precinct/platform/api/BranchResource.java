package io.precinct.platform.api;

import io.precinct.engine.BranchName;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.HistoryOperation;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.web.Governed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;

/** Branches and commits of one graph. */
@Path("/tenants/{tenant}/graphs/{graph}")
@Produces(MediaType.APPLICATION_JSON)
public final class BranchResource {
    private static final int MOST_COMMITS = 1_000;

    private final OperationRunner runner;

    public BranchResource(OperationRunner runner) {
        this.runner = runner;
    }

    @GET
    @Path("/branches")
    @Operation(operationId = "branchesList", summary = "Names of the branches, ascending")
    @Governed(action = "read", operation = "branches.list")
    public Bodies.BranchesOutput list(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph) {
        return new Bodies.BranchesOutput(
                runner.run(caller, Requests.context(http), new HistoryOperation.Branches(Names.graph(graph))).stream()
                        .map(BranchName::value)
                        .toList());
    }

    @POST
    @Path("/branches")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "branchesCreate", summary = "Create a branch from another one's head")
    @Governed(action = "branch_create", operation = "branches.create")
    public Bodies.BranchOutput create(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            Bodies.BranchRequest request) {
        Bodies.BranchRequest body = Names.present(request, "name");
        BranchName name = Names.branch(Names.present(body.name(), "name"));
        BranchName from = Names.branchOrMain(body.from());
        runner.run(caller, Requests.context(http), new HistoryOperation.BranchCreate(Names.graph(graph), name, from));
        return new Bodies.BranchOutput(name.value(), from.value(), caller.subject());
    }

    @DELETE
    @Path("/branches/{branch}")
    @Operation(operationId = "branchesDelete", summary = "Delete a branch; its name may hold encoded slashes")
    @Governed(action = "branch_delete", operation = "branches.delete")
    public Bodies.BranchDeleted delete(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @PathParam("branch") String branch) {
        BranchName name = Names.branch(branch);
        runner.run(caller, Requests.context(http), new HistoryOperation.BranchDelete(Names.graph(graph), name));
        return new Bodies.BranchDeleted(name.value(), caller.subject());
    }

    @GET
    @Path("/commits")
    @Operation(operationId = "commitsList", summary = "Commits of a branch, newest first")
    @Governed(action = "read", operation = "commits.list")
    public Bodies.CommitsOutput commits(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @QueryParam("branch") String branch,
            @QueryParam("before") String before,
            @QueryParam("limit") @DefaultValue("100") int limit) {
        if (limit < 1 || limit > MOST_COMMITS) {
            throw Names.invalid("limit is 1 to " + MOST_COMMITS);
        }
        return new Bodies.CommitsOutput(runner
                .run(
                        caller,
                        Requests.context(http),
                        new HistoryOperation.Commits(
                                Names.graph(graph),
                                Names.branchOrMain(Optional.ofNullable(branch)),
                                Optional.ofNullable(before).map(Names::commit),
                                limit))
                .stream()
                .map(Bodies.CommitOutput::of)
                .toList());
    }

    @GET
    @Path("/commits/{commit}")
    @Operation(operationId = "commitsGet", summary = "One commit")
    @Governed(action = "read", operation = "commits.get")
    public Bodies.CommitOutput commit(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @PathParam("commit") String commit) {
        return Bodies.CommitOutput.of(runner.run(
                caller, Requests.context(http), new HistoryOperation.Commit(Names.graph(graph), Names.commit(commit))));
    }
}
