import { app, route } from "portolan";
import { rest } from "portolan/rest";
import { ORDER_SCHEMA, receiptOf, type Order } from "../order.ts";

const placeOrder = route("placeOrder", { input: ORDER_SCHEMA })
  .from(rest.post("/orders"))
  .map((m) => receiptOf(m.body as Order));

export default app("orders", { routes: [placeOrder] });
