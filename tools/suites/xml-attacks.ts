import { PortolanError } from "@portolan/core";
import { createFormat, xmlFormat } from "@portolan/formats";
import { outcomes, type Suite } from "./suite.ts";

/** What a refusal may cost, in milliseconds of CPU. */
const MOST = 50;
/** The least of so many counts: others pay for the garbage of making the document. */
const RUNS = 3;
const MEGABYTE = 1024 ** 2;

const repeated = (count: number, piece: (index: number) => string) => Array.from({ length: count }, (_, index) => piece(index)).join("");
const entities = (count: number, value: (index: number) => string) => repeated(count, (index) => `<!ENTITY e${index} "${value(index)}">`);

/** Documents made to cost much, or to reach what they should not. Each must be refused, quickly. */
const ATTACKS: Readonly<Record<string, () => Uint8Array | string>> = {
  "entity bomb": () => `<!DOCTYPE a [${entities(10, (index) => (index === 0 ? "lol" : `&e${index - 1};`.repeat(10)))}]><a>&e9;</a>`,
  "entity bomb after a declaration and comments": () =>
    `<?xml version="1.0"?>\n<!-- a -->\n<!DOCTYPE a [${entities(10, (index) => (index === 0 ? "lol" : `&e${index - 1};`.repeat(10)))}]><a>&e9;</a>`,
  "entity bomb in UTF-16": () => Buffer.from(`\uFEFF<!DOCTYPE a [${entities(3, () => "&e0;&e0;")}]><a>&e2;</a>`, "utf16le"),
  "recursive entity": () => '<!DOCTYPE a [<!ENTITY b "&c;"><!ENTITY c "&b;">]><a>&b;</a>',
  "parameter entities": () => "<!DOCTYPE a [<!ENTITY % b \"<!ENTITY c 'x'>\"> %b;]><a>&c;</a>",
  "quadratic blow-up": () => `<!DOCTYPE a [<!ENTITY b "${"x".repeat(100_000)}">]><a>${"&b;".repeat(100_000)}</a>`,
  "external entity": () => '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  "external DTD": () => '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>',
  "external parameter entity": () => '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1/"> %b;]><a/>',
  "several DOCTYPEs": () => "<!DOCTYPE a><!DOCTYPE a><a/>",
  "DTD of 20 MB": () => `<!DOCTYPE a [${"<!ENTITY b 'b'>".repeat((20 * MEGABYTE) / 15)}]><a/>`,
  "deep nesting": () => "<a>".repeat(1_000_000),
  "deep nesting, closed": () => "<a>".repeat(500_000) + "</a>".repeat(500_000),
  "deep nesting with namespaces": () => repeated(200_000, (index) => `<n${index}:a xmlns:n${index}="u${index}">`),
  "attribute of 20 MB": () => `<a b="${"x".repeat(20 * MEGABYTE)}"/>`,
  "attribute of 20 MB after comments": () => `<?xml version="1.0"?><!-- a --><a b="${"x".repeat(20 * MEGABYTE)}"/>`,
  "attribute of entities": () => `<a b="${"&amp;".repeat(4 * MEGABYTE)}"/>`,
  "name of 20 MB": () => `<a><${"x".repeat(20 * MEGABYTE)}/></a>`,
  "closing tag of 20 MB": () => `<a></${"x".repeat(20 * MEGABYTE)}`,
  "a million attributes": () => `<a ${repeated(1_000_000, (index) => `b${index}=""`)}/>`,
  "a million declarations of namespaces": () => `<a ${repeated(1_000_000, (index) => `xmlns:b${index}="u"`)}/>`,
  "attributes of one expanded name": () => '<a xmlns:b="u" xmlns:c="u" b:x="" c:x=""/>',
  "entity of no one": () => "<a>&b;</a>",
  "character that does not exist": () => "<a>&#0;</a>",
  "character beyond Unicode": () => "<a>&#x110000;</a>",
  "two roots": () => "<a/><a/>",
  "open tags at the end": () => "<a><b>",
  "document of 100 MB": () => Buffer.alloc(100 * MEGABYTE, "<a>"),
  "bytes of no charset": () => Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0xfe]),
  "charset that does not exist": () => '<?xml version="1.0" encoding="none"?><a/>',
};

export const xmlAttacksSuite: Suite = {
  name: "XML attacks (our own)",
  run() {
    const format = createFormat(xmlFormat);
    // The parser is loaded by the first document.
    format.decode(Buffer.from("<a/>"));
    const costs: [string, number][] = [];
    const result = outcomes(
      Object.entries(ATTACKS),
      ([name]) => name,
      ([name, make]) => {
        const made = make();
        const bytes = typeof made === "string" ? Buffer.from(made) : made;
        let isRefused = true;
        let milliseconds = Infinity;
        for (let run = 0; run < RUNS; run++) {
          const start = process.cpuUsage();
          isRefused = refuses(() => format.decode(bytes));
          const { user, system } = process.cpuUsage(start);
          milliseconds = Math.min(milliseconds, (user + system) / 1000);
        }
        costs.push([name, milliseconds]);
        if (!isRefused) return "it was accepted";
        return milliseconds < MOST ? undefined : `it took ${milliseconds.toFixed(0)} ms of CPU, expected less than ${MOST}`;
      },
    );
    const [dearest, most] = costs.toSorted(([, one], [, other]) => other - one)[0] ?? ["none", 0];
    return { ...result, remark: `each refused in at most ${most.toFixed(1)} ms of CPU (${dearest})` };
  },
};

function refuses(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (thrown) {
    if (thrown instanceof PortolanError && thrown.code === "PORTOLAN_FORMAT_INVALID") return true;
    throw thrown;
  }
}
