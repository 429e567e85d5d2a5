import { app, route } from "portolan";
import { rest } from "portolan/rest";

interface Request {
  readonly id: string;
  readonly total: number;
}

const price = route("price")
  .from(rest.post("/price"))
  .map((m) => m.body as Request)
  .choice((c) =>
    c
      .when(
        (m) => m.body.total > 10_000,
        (r) => r.map((m) => ({ id: m.body.id, approval: "board" })),
      )
      .when(
        (m) => m.body.total > 1000,
        (r) => r.map((m) => ({ id: m.body.id, approval: "manager" })),
      )
      .otherwise((r) => r.map((m) => ({ id: m.body.id, approval: "none" }))),
  );

export default app("price", { routes: [price] });
