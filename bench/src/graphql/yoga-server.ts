import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { SDL, orderOf } from "./order.ts";

/** Yoga as its README has it, without what the door leaves out. */
const yoga = createYoga({
  schema: createSchema({
    typeDefs: SDL,
    resolvers: { Query: { order: (_parent: unknown, { id }: { readonly id: string }) => orderOf(id) } },
  }),
  logging: false,
  graphiql: false,
  landingPage: false,
  cors: false,
});
createServer((request, response) => void yoga(request, response)).listen(Number(process.argv[2]), "127.0.0.1", () =>
  process.stdout.write("ready\n"),
);
