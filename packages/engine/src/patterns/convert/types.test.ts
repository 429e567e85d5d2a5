import { it } from "vitest";
import { ofOrders, refused, same, schema, type BodyAt, type Receipt } from "../../builder/type-cases.test.support.ts";

it("decode yields unknown data unless a contract says more, encode yields bytes", () => {
  const data = ofOrders.decode("json");
  same<BodyAt<typeof data>, unknown>(true);
  const order = ofOrders.decode("csv", schema<Receipt>(), { options: { delimiter: ";" } });
  same<BodyAt<typeof order>, Receipt>(true);
  const bytes = ofOrders.encode("json", { id: "out" });
  same<BodyAt<typeof bytes>, Uint8Array>(true);
  refused(() => {
    // @ts-expect-error the format is missing
    ofOrders.decode();
    // @ts-expect-error a format is named by a text
    ofOrders.encode({ json: {} });
    // @ts-expect-error the format's own options are under `options`
    ofOrders.encode("csv", { delimiter: ";" });
    // @ts-expect-error only what is decoded has a contract
    ofOrders.encode("json", schema<Receipt>(), {});
    // @ts-expect-error nothing is known of the data
    data.map((m) => m.body.id);
  });
});
