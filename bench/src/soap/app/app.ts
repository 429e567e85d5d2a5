import { app, route } from "portolan";
import { soap } from "portolan/soap";
import { receiptOf, type Order } from "../order.ts";

const orders = soap.service<{ PlaceOrder: Order }>("./orders.wsdl");
const placeOrder = route("placeOrder")
  .from(orders.operation("PlaceOrder"))
  .map((m) => receiptOf(m.body));

export default app("orders", { routes: [placeOrder] });
