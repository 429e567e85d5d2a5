import { expect, it, test } from "vitest";
import { createFormat, tradacomsFormat } from "../index.ts";

const header = "STX=ANA:1+5000000000000:SHOPS+5010000000000:MAKER+260105:130233+000007+PASSW+ORDHDR+B'\n";
const message = (number: number, type: string, body: string) => `MHD=${number}+${type}'\n${body}MTR=${body.split("\n").length + 1}'\n`;
const order = `${header}${message(1, "ORDHDR:9", "TYP=0430+NEW-ORDERS'\n")}${message(2, "ORDERS:9", "CLO=5000000000283:89828+DEPOT ?+ SONS'\nORD=70970::070315'\n")}END=2'\n`;
const batches = `${header}BAT=1'\n${message(1, "ORDERS:9", "CLO=1'\n")}EOB=1'\nBAT=2'\n${message(2, "ORDERS:9", "CLO=2'\n")}EOB=1'\nEND=2'\n`;
const format = createFormat(tradacomsFormat);

test("a transmission is read as its messages, and written with the same bytes", () => {
  for (const text of [order, order.replaceAll("\n", "\r\n"), order.replaceAll("\n", ""), batches]) {
    expect(Buffer.from(format.encode(format.decode(Buffer.from(text)))).toString()).toBe(text);
  }
  expect(format.decode(Buffer.from(order))).toMatchObject({
    interchanges: [
      {
        messages: [
          {},
          {
            header: { elements: ["2", ["ORDERS", "9"]] },
            segments: [{ tag: "CLO", elements: [["5000000000283", "89828"], "DEPOT + SONS"] }, {}],
          },
        ],
      },
    ],
  });
});

test("lines may end anywhere", () => {
  const text = (order.replaceAll("\n", "").match(/[^]{1,40}/g) ?? []).join("\n");
  expect(Buffer.from(format.encode(format.decode(Buffer.from(text)))).toString()).toBe(text);
});

it.each([
  [order.replace("END=2", "END=3"), 'line 9, segment 9 (END), element 1, character 213: expected the count of messages, 2, found "3"'],
  [order.replace("MTR=4", "MTR=5"), "(MTR), element 1, character 206: expected the count of segments, 4"],
  [order.replaceAll("=", "+"), 'line 1, segment 1, character 1: expected STX=, found "STX+ANA:1+"'],
  [order.replace("ORD=", "ORD+"), 'capital letters or digits and "=", found "ORD+70970:"'],
  [order.replace("MTR=4'\n", ""), "segment 8 (END), character 206: expected MTR, found END"],
  [order.replace("END=2'\n", ""), "expected END, found the end of the text"],
  [batches.replace("EOB=1", "EOB=2"), "(EOB), element 1, character 125: expected the count of messages, 1"],
  [order.replace("ANA:1", "XYZ:1"), "(STX), element 1, component 1, character 1: expected one of ANA, ANAA"],
])("%j is refused with its place", (text, reason) => {
  expect(() => format.decode(Buffer.from(text))).toThrow(
    expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(reason) }),
  );
});
