import { app, route } from "portolan";
import { rest } from "portolan/rest";
import { receiptOf, type Order } from "../order.ts";

const api = rest.api<{ placeOrder: Order }>("./openapi.json");

const placeOrder = route("placeOrder")
  .from(api.operation("placeOrder"))
  .map((m) => receiptOf(m.body));

export default app("orders", { routes: [placeOrder] });
