import { app, channel, route, system } from "portolan";
import { graphql } from "portolan/graphql";
import { mcp } from "portolan/mcp";
import { rest } from "portolan/rest";
import { soap } from "portolan/soap";
import { type Booking, Lookup, Order, OrderState, Receipt } from "./contracts.ts";
import { openOrderBook } from "./order-book.ts";
import { data, erpAddress } from "./settings.ts";

const erp = system("erp", { title: "The ERP", owner: "finance" });
const book = openOrderBook(data);

const accepted = channel("orders.accepted", { contract: Order, orderedBy: (order) => order.customer });

const placeOrder = route("placeOrder", { title: "Place an order", input: Order, output: Receipt })
  .from(rest.post("/orders", { status: 202, policies: { idempotency: { keep: "1d" } } }))
  .from(graphql.mutation())
  .from(soap.operation("PlaceOrder"))
  .from(mcp.tool("placeOrder", { description: "Places an order. Ask the user before you call it." }))
  .idempotent((m) => m.body.id, { duplicates: "replay" })
  .to(accepted)
  .map((m) => ({ orderId: m.body.id, status: "accepted" as const }));

const getOrder = route("getOrder", { title: "Look an order up", input: Lookup, output: OrderState })
  .from(rest.get("/orders/:id", { policies: { rateLimit: { requests: 50, per: "1s" }, cache: { ttl: "1s" } } }))
  .from(graphql.query("order"))
  .from(soap.operation("GetOrder"))
  .from(mcp.resource("orders://{id}"))
  .map((m) => book.find(m.body.id));

const record = route("record", { title: "Record orders", input: Order })
  .from(accepted)
  .map((m) => book.put(m.body));

const announce = route("announce", { title: "Tell subscribers of accepted orders", input: Order })
  .from(accepted)
  .to(graphql.subscription("orderAccepted", { contract: Order, filterBy: ["customer"] }));

/** At least once to the ERP, which books an order once however often it comes. What it has no material for is a dead letter. */
const deliver = route("deliver", { title: "Submit orders to the ERP", input: Order })
  .from(accepted)
  .map((m) => ({
    orderId: m.body.id,
    customer: m.body.customer,
    position: m.body.lines.map(({ sku, quantity, price }) => ({ material: sku, quantity, price })),
  }))
  .call(soap.operation<unknown, Booking>("Submit", { system: erp, wsdl: "./erp.wsdl", address: erpAddress }))
  .map((m) => book.book(m.body.orderId, m.body.document))
  .onError({ match: { kind: "transient" }, retry: { attempts: "unlimited", delay: "200ms", maxDelay: "5s", wait: "parked" } })
  .onError({ match: { kind: "rejected" }, outcome: "deadLetter" });

export default app("orders", { systems: [erp], channels: [], routes: [placeOrder, getOrder, record, announce, deliver] });
