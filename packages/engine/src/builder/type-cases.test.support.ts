import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expect } from "vitest";
import { channel, route } from "../index.ts";
import type { ChannelRef, Steps } from "./steps.ts";

export interface Order {
  readonly id: string;
  readonly total: number;
}
export interface Receipt {
  readonly orderId: string;
}

/** A Standard Schema that accepts everything; only its type matters here. */
export function schema<T>(): StandardSchemaV1<unknown, T> {
  return { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as T }) } };
}

export const orders: ChannelRef<Order> = channel("orders", { contract: schema<Order>(), orderedBy: (order) => order.id });
export const texts = channel("texts", { contract: schema<string>() });

/** A route that an order starts. */
export const ofOrders = route("of-orders").from(orders);
/** Routes that can be asked: one takes an order, the other a text. */
export const price = route("price", { input: schema<Order>(), output: schema<Receipt>() }).map((m) => ({ orderId: m.body.id }));
export const length = route("length", { input: schema<string>(), output: schema<number>() }).map((m) => m.body.length);

/** The body of a list of steps. */
export type BodyAt<S> = S extends Steps<infer Body, infer _Ended, infer _Of> ? Body : never;
/** The bodies of messages that ended before its end. */
export type EndedAt<S> = S extends Steps<infer _Body, infer Ended, infer _Of> ? Ended : never;

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export function same<A, B>(equal: Equal<A, B>): void {
  expect(equal).toBe(true);
}

/** Holds code that must not compile: each line of it is under a `@ts-expect-error`, and none of it is run. */
export function refused(code: () => void): void {
  expect(code).toBeTypeOf("function");
}
