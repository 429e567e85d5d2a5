import { CONNECTOR, type SourceRef, type TargetRef } from "@portolan/core";
import { expect, expectTypeOf, test } from "vitest";
import type { REST_METHODS } from "./rest-method.ts";
import {
  type clientOptions,
  type doorOptions,
  rest,
  restConnector,
  type ClientInput,
  type DoorInput,
  type OperationOptions,
} from "./index.ts";

type Methods = keyof typeof REST_METHODS;

test("a path makes a door, as a flow file holds it", () => {
  const reference = rest.post("/orders", { status: 201, timeout: "5s" });
  expect(reference).toEqual({ rest: { post: "/orders", status: 201, timeout: "5s" }, [CONNECTOR]: restConnector });
  expectTypeOf(reference).toEqualTypeOf<SourceRef>();
  expectTypeOf(rest.get<{ id: string }>("/orders/:id")).toEqualTypeOf<SourceRef<{ id: string }>>();
});

test("a URL makes a client, with its system beside it", () => {
  const reference = rest.put("https://erp.example/orders/{id}", { timeout: "5s", system: { name: "erp" } });
  expect(reference).toEqual({ rest: { put: "https://erp.example/orders/{id}", timeout: "5s" }, system: "erp", [CONNECTOR]: restConnector });
  expect(rest.get("${ERP_URL}/orders", { system: "erp" })).toMatchObject({ rest: { get: "${ERP_URL}/orders" }, system: "erp" });
  expectTypeOf(reference).toEqualTypeOf<TargetRef<unknown, unknown>>();
  expectTypeOf(rest.get<{ id: string }, { name: string }>("http://erp/a")).toEqualTypeOf<TargetRef<{ id: string }, { name: string }>>();
});

test("a client takes no more than its type says", () => {
  expectTypeOf<TargetRef<unknown>>().toExtend<TargetRef<{ id: string }>>();
  expectTypeOf<TargetRef<{ id: string; more: number }>>().not.toExtend<TargetRef<{ id: string }>>();
});

test("what is neither path nor URL, and options of the other side, do not compile", () => {
  const wrong = [
    // @ts-expect-error a path starts with a slash
    rest.post("orders"),
    // @ts-expect-error no URL that is called
    rest.post("ftp://a"),
    // @ts-expect-error a door has no secretHeaders
    rest.post("/orders", { secretHeaders: {} }),
    // @ts-expect-error a client has no status
    rest.post("https://erp.example/", { status: 201 }),
    // @ts-expect-error durations have units
    rest.post("/orders", { timeout: "5 seconds" }),
  ];
  expect(wrong).toHaveLength(5);
});

test("the types of the options have the keys of their specs", () => {
  expectTypeOf<keyof DoorInput>().toEqualTypeOf<Exclude<keyof typeof doorOptions, Methods>>();
  type Spelled = keyof ClientInput | keyof OperationOptions | "client" | "operation";
  expectTypeOf<Exclude<Spelled, "system">>().toEqualTypeOf<Exclude<keyof typeof clientOptions, Methods>>();
});
