import { readFileSync } from "node:fs";
import { testApp } from "portolan/testing";
import { describe, expect, it } from "vitest";

const directory = import.meta.dirname;
const sample = (name: string): Uint8Array => readFileSync(`${directory}/samples/${name}`);
const text = (body: unknown): string => (body instanceof Uint8Array ? Buffer.from(body).toString() : String(body));
const withoutTime = (answer: string): string => answer.replaceAll(/\b(?:20)?\d{6}([*:+])\d{4}\b/g, "DATE$1TIME");

interface Received {
  readonly route: string;
  readonly file: string;
}

async function receive({ route, file }: Received) {
  const orders = testApp(directory);
  await orders.send({ route }, sample(file), { headers: { "file-name": file } });
  await orders.settle();
  return orders;
}

describe("orders by X12", () => {
  it("go on as JSON, one of them as a dead letter with the place of what is wrong", async () => {
    await using orders = await receive({ route: "receiveX12", file: "orders.x12" });
    expect(orders.committed("orders").map(({ body }) => body)).toEqual([
      {
        order: "PO-4711",
        date: "2026-01-05",
        delivery: "2026-01-15",
        buyer: { id: "B-1", name: "Harbour Stores" },
        shipTo: { id: "S-7", name: "Harbour Stores, Pier 7" },
        currency: "USD",
        lines: [
          { line: 1, item: "ROPE-10", description: "Rope, 10 m", quantity: 10, unit: "EA", price: 9.5 },
          { line: 2, item: "CHART-1", quantity: 4, unit: "BX", price: 25 },
        ],
      },
    ]);
    expect(orders.deadLetters()).toMatchObject([
      {
        deadLetter: {
          route: "receiveX12",
          error: {
            code: "PORTOLAN_VALIDATION_FAILED",
            message: 'message 0002: line 20, segment 20 (PO1), element 2: expected a number (r1..9), found "ten"',
          },
        },
        body: { header: { elements: ["850", "0002"] }, errors: [{ kind: "wrongCharacters", tag: "PO1", position: 4, element: 2 }] },
      },
    ]);
  });

  it("are answered by a 997 that accepts one and rejects the other", async () => {
    await using orders = await receive({ route: "receiveX12", file: "orders.x12" });
    const [answer] = orders.records("file:write data/out/997-{header.file-name}");
    expect(withoutTime(text(answer?.body))).toBe(
      [
        "ISA*00*          *00*          *ZZ*PORTOLAN       *ZZ*HARBOURSTORES  *DATE*TIME*U*00401*000000042*0*P*>~",
        "GS*FA*PORTOLAN*HARBOURSTORES*DATE*TIME*42*X*004010~",
        "ST*997*0001~",
        "AK1*PO*42~",
        "AK2*850*0001~",
        "AK5*A~",
        "AK2*850*0002~",
        "AK3*PO1*4**8~",
        "AK4*2**6*ten~",
        "AK5*R*5~",
        "AK9*P*2*2*1~",
        "SE*10*0001~",
        "GE*1*42~",
        "IEA*1*000000042~\n",
      ].join("\n"),
    );
  });
});

describe("orders by EDIFACT", () => {
  it("go on as JSON, one of them as a dead letter with the place of what is missing", async () => {
    await using orders = await receive({ route: "receiveEdifact", file: "orders.edifact" });
    expect(orders.committed("orders").map(({ body }) => body)).toEqual([
      {
        order: "4500012345",
        date: "2026-01-05",
        delivery: "2026-01-15",
        buyer: { id: "4012345000009" },
        shipTo: { id: "4012345000016", name: "Werft Müller" },
        currency: "EUR",
        lines: [
          { line: 1, item: "4000862141404", description: "Tauwerk 10 m", quantity: 12, unit: "PCE", price: 7.25 },
          { line: 2, item: "4000862141411", quantity: 3.5, unit: "MTR" },
        ],
      },
    ]);
    expect(orders.deadLetters().map(({ deadLetter }) => deadLetter.error.message)).toEqual([
      "message 2: line 24, segment 23 (UNS): expected QTY, found UNS",
    ]);
  });

  it("are answered by a CONTRL that acknowledges one and rejects the other", async () => {
    await using orders = await receive({ route: "receiveEdifact", file: "orders.edifact" });
    const [answer] = orders.records("file:write data/out/contrl-{header.file-name}");
    expect(withoutTime(text(answer?.body))).toBe(
      [
        "UNA:+.? '",
        "UNB+UNOC:3+5412345000013:14+4012345000009:14+DATE:TIME+42'",
        "UNH+1+CONTRL:D:3:UN'",
        "UCI+42+4012345000009:14+5412345000013:14+7'",
        "UCM+1+ORDERS:D:96A:UN:EAN008+7'",
        "UCM+2+ORDERS:D:96A:UN:EAN008+4'",
        "UCS+6+13'",
        "UNT+6+1'",
        "UNZ+1+42'\n",
      ].join("\n"),
    );
  });
});

it("a file that is no EDI is refused as a whole, with its place", async () => {
  await using orders = testApp(directory);
  const cut = sample("orders.x12").subarray(0, 400);
  await expect(orders.send({ route: "receiveX12" }, cut, { headers: { "file-name": "cut.x12" } })).rejects.toMatchObject({
    code: "PORTOLAN_FORMAT_INVALID",
    message: expect.stringContaining("the end of the text"),
  });
  expect(orders.committed("orders")).toEqual([]);
});
