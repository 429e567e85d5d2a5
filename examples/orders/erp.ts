import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { listen } from "soap";
import { z } from "zod";

/** An order as the ERP took it. */
export interface Submission {
  readonly orderId: string;
  readonly customer: string;
  readonly document: string;
}

export interface Erp extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123/erp`. */
  readonly address: string;
  /** Every order it took, once. */
  readonly submissions: readonly Submission[];
}

const Submit = z.object({
  orderId: z.string(),
  customer: z.string(),
  position: z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(z.object({ material: z.string() }))),
});

/**
 * The legacy ERP: a SOAP server of another stack (npm `soap`), which knows nothing of Portolan. It books an order once however
 * often it comes, remembers it over restarts, and answers an order of anchors with a fault: it has none.
 */
export async function startErp(ledger: string, port = 0): Promise<Erp> {
  const submissions = existsSync(ledger) ? readLedger(ledger) : [];
  const submit = (input: unknown): Omit<Submission, "customer"> => {
    const { orderId, customer, position } = Submit.parse(input);
    if (position.some(({ material }) => material === "anchor")) throw unknownMaterial("anchor");
    const known = submissions.find((submission) => submission.orderId === orderId);
    if (known !== undefined) return { orderId, document: known.document };
    const document = `45${String(submissions.length + 1).padStart(6, "0")}`;
    appendFileSync(ledger, `${JSON.stringify({ orderId, customer, document })}\n`);
    submissions.push({ orderId, customer, document });
    return { orderId, document };
  };
  const server = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  listen(server, {
    path: "/erp",
    services: { Erp: { ErpPort: { Submit: submit } } },
    xml: readFileSync(new URL("erp.wsdl", import.meta.url), "utf8"),
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the ERP has no TCP address");
  return {
    address: `http://127.0.0.1:${address.port}/erp`,
    submissions,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function unknownMaterial(material: string): Error {
  const fault = { faultcode: "soap:Client", faultstring: `there is no material ${material}`, detail: { UnknownMaterial: { material } } };
  return Object.assign(new Error(fault.faultstring), { Fault: fault });
}

function readLedger(file: string): Submission[] {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  // Written by `submit` alone.
  return lines.map((line) => JSON.parse(line) as Submission);
}
