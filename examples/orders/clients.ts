import { Client as McpClient, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { cacheExchange, Client as GraphqlClient, fetchExchange } from "@urql/core";
import { createClientAsync } from "soap";
import type { Order } from "./contracts.ts";

/** What each door answers to the same order. */
export interface Ways {
  rest(order: Order): Promise<unknown>;
  graphql(order: Order): Promise<unknown>;
  soap(order: Order): Promise<unknown>;
  mcp(order: Order): Promise<unknown>;
}

/** The same order by each door, with clients that know nothing of Portolan. */
export function waysTo(url: string): Ways {
  return {
    async rest(order) {
      const answer = await fetch(`${url}/orders`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": order.id },
        body: JSON.stringify(order),
      });
      return answer.json();
    },
    async graphql(order) {
      const client = graphqlClient(url);
      const { data, error } = await client.mutation(PLACE_ORDER, { order }).toPromise();
      if (error !== undefined) throw error;
      return data.placeOrder;
    },
    async soap(order) {
      const client = await createClientAsync(`${url}/soap?wsdl`);
      const [receipt] = await client["PlaceOrderAsync"](order);
      return receipt;
    },
    async mcp(order) {
      const client = new McpClient({ name: "orders", version: "1" });
      await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
      const { structuredContent } = await client.callTool({ name: "placeOrder", arguments: { ...order } });
      await client.close();
      return structuredContent;
    },
  };
}

export function graphqlClient(url: string): GraphqlClient {
  return new GraphqlClient({
    url: `${url}/graphql`,
    exchanges: [cacheExchange, fetchExchange],
    fetchSubscriptions: true,
    preferGetMethod: false,
  });
}

const PLACE_ORDER = "mutation ($order: OrderInput!) { placeOrder(input: $order) { orderId status } }";
