import { app, route } from "portolan";
import { graphql } from "portolan/graphql";
import { ORDER, ORDER_KEY, orderOf } from "../order.ts";

const order = route("order", { input: { jsonSchema: ORDER_KEY }, output: { jsonSchema: ORDER } })
  .from(graphql.query())
  .map((m) => orderOf((m.body as { readonly id: string }).id));

export default app("orders", { routes: [order] });
