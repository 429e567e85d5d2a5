import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest";
import { PortolanError, isRecord } from "@portolan/core";
import { createTemporaryFolder } from "@portolan/testkit";
import { openSoap, openTarget } from "../soap.test.support.ts";
import {
  PYTHON,
  compileJava,
  cxfClassPath,
  installed,
  jsonOf,
  programOf,
  startServer,
  type RunningPeer,
} from "./peer-programs.test.support.ts";
import { EXPECTED, GENERATED, STYLES, answerOrder, shopWsdl, storeWsdl, turned, type Style } from "./services.test.support.ts";

const VERSIONS = ["1.1", "1.2"] as const;
const CALLS = STYLES.flatMap((style) => VERSIONS.map((version) => [style, version] as const));
const FILES = { ...Object.fromEntries(STYLES.map((style) => [`${style}.wsdl`, shopWsdl(style)])), "store.wsdl": storeWsdl() };

/** A door of each style, one of bytes, and one that its contract describes. */
const openShop = () =>
  openSoap(
    [
      ...STYLES.map((style) => ({
        options: { service: `${style}.wsdl`, operation: "PlaceOrder" },
        answer: (incoming: Parameters<typeof answerOrder>[0]) => answerOrder(incoming, style).body,
        headers: (incoming: Parameters<typeof answerOrder>[0]) => answerOrder(incoming, style).headers ?? {},
      })),
      { options: { service: "store.wsdl", operation: "Turn", path: "/store" }, answer: turned },
      GENERATED,
    ],
    FILES,
  );
type Node = Awaited<ReturnType<typeof openShop>>;

/** Says aloud what cannot be run here. */
function needs(missing: string | undefined, context: TestContext): void {
  if (missing !== undefined) process.stderr.write(`not run: ${context.task.name}: ${missing}\n`);
  context.skip(missing !== undefined, missing);
}

const { error, order } = EXPECTED;

/** Packages may have to be fetched first. */
const SETUP_MS = 15 * 60_000;

describe("zeep", () => {
  let missing: string | undefined;
  beforeAll(async () => void (missing = await installed(["python3-zeep"], [PYTHON, "-c", "import zeep"])), SETUP_MS);
  const call = (node: Node, style: Style | "generated", port: string) =>
    jsonOf(PYTHON, [programOf("zeep-client.py"), `${node.origin}/${style}?wsdl`, style, port]);

  test.for(CALLS)("calls a door: %s, SOAP %s", async ([style, version], context) => {
    needs(missing, context);
    await using node = await openShop();
    expect(await call(node, style, `Port${version.replace(".", "")}`)).toEqual(EXPECTED);
  });

  test.for(["ShopPort", "ShopPort12"])("calls the door of a contract at %s", async (port, context) => {
    needs(missing, context);
    await using node = await openShop();
    expect(await call(node, "generated", port)).toEqual({ order, error });
  });
});

describe("PHP", () => {
  let missing: string | undefined;
  beforeAll(
    async () =>
      void (missing = await installed(["php-cli", "php-soap"], ["php", "-r", "new SoapClient(null, ['uri' => 'u', 'location' => 'l']);"])),
    SETUP_MS,
  );
  const call = (node: Node, style: Style | "generated", version: string) =>
    jsonOf("php", [programOf("soap-client.php"), `${node.origin}/${style}?wsdl`, style, version]);

  test.for(CALLS)("calls a door: %s, SOAP %s", async ([style, version], context) => {
    needs(missing, context);
    await using node = await openShop();
    expect(await call(node, style, version)).toEqual(EXPECTED);
  });

  test.for(VERSIONS)("calls the door of a contract by SOAP %s", async (version, context) => {
    needs(missing, context);
    await using node = await openShop();
    expect(await call(node, "generated", version)).toEqual({ order, error });
  });

  // Its server puts an element of SOAP 1.2's encoding into literal replies of rpc, which no schema of theirs allows.
  const served = CALLS.filter(([style, version]) => style !== "rpc" || version === "1.1");
  test.for(served)("is called: %s, SOAP %s", async ([style, version], context) => {
    needs(missing, context);
    await using node = await openShop();
    await using server = await startServer("php", (port) => ["-S", `127.0.0.1:${port}`, programOf("soap-server.php")], {
      DOCUMENTS: node.services.directory,
    });
    expect(await answersOf(node, server, [style, version])).toEqual(SERVED);
  });
});

describe("Apache CXF", () => {
  let missing: string | undefined;
  let classPath = "";
  let folder: Awaited<ReturnType<typeof createTemporaryFolder>> | undefined;
  afterAll(() => folder?.[Symbol.asyncDispose]());
  beforeAll(async () => {
    try {
      const cxf = await cxfClassPath();
      folder = await createTemporaryFolder();
      await using node = await openShop();
      const documents = STYLES.map((style) => [join(node.services.directory, `${style}.wsdl`), `peers.${style}`] as const);
      const store = [join(node.services.directory, "store.wsdl"), "peers.store"] as const;
      const generated = [`${node.origin}/generated?wsdl`, "peers.generated"] as const;
      const programs = ["ShopClient", "ShopServer", "StoreClient", "GeneratedClient"];
      classPath = await compileJava(folder.root, { classPath: cxf, documents: [...documents, store, generated], programs });
    } catch (cause) {
      missing = `Java, Maven or Apache CXF: ${String(cause instanceof Error && "stderr" in cause ? cause.stderr : cause).slice(0, 2000)}`;
    }
  }, SETUP_MS);
  const java = (name: string, ...given: readonly string[]) => jsonOf("java", ["-cp", classPath, `peers.${name}`, ...given]);

  test("reads all documents", (context) => {
    // Maven cannot be reached, or there is no Java; what CXF says against a document is a failure.
    needs(missing !== undefined && !missing.includes("wsdl") ? missing : undefined, context);
    expect(missing).toBeUndefined();
  });

  test.for(CALLS)("calls a door: %s, SOAP %s", async ([style, version], context) => {
    needs(missing, context);
    await using node = await openShop();
    expect(await java("ShopClient", `${node.origin}/${style}?wsdl`, style, version)).toEqual(EXPECTED);
  });

  test.for(VERSIONS)("calls the door of a contract with classes made of its document by SOAP %s", async (version, context) => {
    needs(missing, context);
    await using node = await openShop();
    expect(await java("GeneratedClient", `${node.origin}/generated?wsdl`, version)).toEqual({ order, isTyped: true });
  });

  test.for(VERSIONS)("calls a door with headers of WS-Addressing by SOAP %s", async (version, context) => {
    needs(missing, context);
    await using node = await openShop();
    expect(await java("ShopClient", `${node.origin}/wrapped?wsdl`, "wrapped", version, "addressing")).toEqual(EXPECTED);
  });

  test.for(VERSIONS)("sends bytes to a door as parts (MTOM), and gets them so, by SOAP %s", async (version, context) => {
    needs(missing, context);
    await using node = await openShop();
    expect(await java("StoreClient", `${node.origin}/store?wsdl`, version, "100000")).toEqual({ bytes: 100_000, isRight: true });
  });

  test("is called in every style and version, with bytes as parts, with WS-Addressing, and by its own document", async (context) => {
    needs(missing, context);
    await using node = await openShop();
    await using server = await startServer("java", (port) => ["-cp", classPath, "peers.ShopServer", String(port)]);
    for (const [style, version] of CALLS) expect(await answersOf(node, server, [style, version])).toEqual(SERVED);
    for (const version of VERSIONS) {
      expect(await answersOf(node, server, ["wrapped", version], { addressing: true })).toEqual(SERVED);
      const address = `http://127.0.0.1:${server.port}/store/${version.replace(".", "")}`;
      const client = await openTarget({ wsdl: "store.wsdl", operation: "Turn", version, address, mtom: true }, node.services);
      const reply = await client.call({ file: { name: "a", content: Buffer.from("abc") } });
      expect(reply?.body).toEqual({ turned: { name: "a", content: Buffer.from("cba").toString("base64") } });
      await client.close();
    }
    const own = await fetch(`http://127.0.0.1:${server.port}/bare/11?wsdl`);
    await writeFile(join(node.services.directory, "theirs.wsdl"), await own.text());
    expect(await answersOf(node, server, ["bare", "1.1"], { wsdl: "theirs.wsdl" })).toEqual(SERVED);
  });
});

const SERVED = {
  receipt: { orderId: "O-Ann", total: 3.25, lines: 2 },
  fault: { kind: "rejected", message: expect.stringContaining("none left") },
  error: { kind: expect.any(String), message: expect.stringContaining("it broke") },
};

/** What a client of ours gets of the peer's service: a reply, a fault that it declares, and one that it does not. */
async function answersOf(node: Node, { port }: RunningPeer, [style, version]: (typeof CALLS)[number], more: object = {}) {
  const address = `http://127.0.0.1:${port}/${style}/${version.replace(".", "")}`;
  const client = await openTarget({ wsdl: `${style}.wsdl`, operation: "PlaceOrder", version, address, ...more }, node.services);
  const call = (customer: string, sku: string) => {
    const line = [
      { sku, quantity: 2, price: "1.50" },
      { sku: "b", quantity: 1, price: 0.25 },
    ];
    const placed = { customer, line, day: "2026-11-24", note: null };
    return client.call(style === "rpc" ? { order: placed } : placed);
  };
  const failure = (called: Promise<unknown> | undefined) =>
    called?.then(
      (reply) => ({ reply }),
      (error: unknown) => (error instanceof PortolanError ? { kind: error.kind, message: error.message } : { error }),
    );
  try {
    const reply = await call("Ann", "a");
    const body = isRecord(reply?.body) ? reply.body : {};
    return {
      receipt: style === "bare" ? body : body["receipt"],
      fault: await failure(call("Ann", "none")),
      error: await failure(call("broken", "a")),
    };
  } finally {
    await client.close();
  }
}
