import type { Random } from "@portolan/core";
import { simpleExample } from "../schema/simple-example.ts";
import type { ComplexType, ElementDeclaration, Particle, SimpleType } from "../schema/schema-model.ts";
import { ENVELOPE_11, ENVELOPE_12 } from "../soap.test.support.ts";
import type { MessageShape } from "../wsdl/service-model.ts";
import { escapeAttribute, escapeText } from "../xml/write-tree.ts";
import { XSI } from "../xml/xml-element.ts";

/** Texts at the edges of types and of XML. */
const TEXTS = [
  ..."|0|-0|+1|01|7|-1|1.|.5|1.50|-1.5|1e3|INF|NaN|true|TRUE|128|-129|32768|65536|2147483647|2147483648|-2147483649|4294967296".split("|"),
  ..."999999999999999|9223372036854775807|9223372036854775808|1234567890.123456789|0.1234567890123|000000000000001|--1|1 2|0x10".split("|"),
  ..."2026-01-31|2026-02-29|2024-02-29|2026-04-31|0000-01-01|2026-13-01|2026-01-31Z|2026-01-31+14:00|2026-01-31+13:59|-2026-01-01".split(
    "|",
  ),
  ..."2026-01-31T10:00:00Z|2026-01-31T24:00:00|2026-01-31T23:59:60Z|2026-01-31T10:00:00.123456+01:00|10:00:00|24:00:00|10:00|P1D".split(
    "|",
  ),
  ..."YQ==|YR==|YWI=|YWJj|YWJ|Y=Q=|0a|0A1|urn:a:b|http://a.b/c|http://a b|http:///|a:b|:a|a b|A-1|AB-12|a-1|abc|abcdefghijklmnop|ÄÖ".split(
    "|",
  ),
  " 7 ",
  "\n7",
  "a\tb",
  "a  b",
  " a",
  "a&b",
  "]]",
  "\u{1F600}",
  "\u00A0",
];

const BLANKS = ["", "", "", "\n  ", "\r\n  ", "\r", "\t", " ", " x "];

export interface MessageMaker {
  /** A message that looks like one of the shape: most are valid, all are nearly so. */
  message(shape: MessageShape): string;
  /** The same with something changed in its text, which need not be well-formed then. */
  changed(text: string): string;
}

export function createMessageMaker(random: Random): MessageMaker {
  let count = 0;
  /** Whether values and numbers of elements are always those that are right. */
  let isRight = true;
  const upTo = (limit: number) => Math.floor(random.next() * limit);
  const oneOf = <One>(all: readonly One[]): One | undefined => all[upTo(all.length)];
  const rarely = (share = 0.05) => !isRight && random.next() < share;

  function text(type: SimpleType): string {
    if (rarely(0.2)) return oneOf(TEXTS) ?? "";
    const value = simpleExample(type, () => (count += 1));
    return Array.isArray(value) ? value.join(" ") : String(value);
  }

  function element(declared: ElementDeclaration, depth: number): string {
    const one = declared.isAbstract ? (declared.substitutes[0] ?? declared) : declared;
    const { name, namespace, type, isNillable, fixed } = one;
    const isPrefixed = namespace !== "" && random.next() < 0.7;
    const declaration = ` xmlns${isPrefixed ? ":e" : ""}="${escapeAttribute(rarely() ? "urn:other" : namespace)}"`;
    const tag = isPrefixed ? `e:${name}` : name;
    if (isNillable && random.next() < 0.2) return `<${tag}${declaration} xmlns:xsi="${XSI}" xsi:nil="${oneOf(["true", "1", "false"])}"/>`;
    if (type.kind === "simple") return wrap(tag, declaration, escapeText(fixed ?? text(type)));
    const attributes = type.attributes
      .filter(({ isRequired }) => (isRequired ? !rarely() : random.next() < 0.5))
      .map((use, index) => {
        const value = escapeAttribute(use.fixed ?? text(use.type));
        return use.namespace === "" ? ` ${use.name}="${value}"` : ` a${index}:${use.name}="${value}" xmlns:a${index}="${use.namespace}"`;
      });
    return wrap(tag, declaration + attributes.join("") + (rarely() ? ' more="1"' : ""), content(type, depth));
  }

  function wrap(tag: string, attributes: string, inner: string): string {
    return inner === "" && random.next() < 0.5 ? `<${tag}${attributes}/>` : `<${tag}${attributes}>${inner}</${tag}>`;
  }

  function content(type: ComplexType, depth: number): string {
    if (type.text !== undefined) return escapeText(text(type.text));
    const inner = type.content === undefined || depth > 12 ? "" : particle(type.content, depth);
    return rarely(0.1) ? `${oneOf(BLANKS)}${inner}${oneOf(BLANKS)}` : inner;
  }

  function particle(one: Particle, depth: number): string {
    const most = Math.min(one.max, Math.max(one.min, depth > 5 ? 0 : one.min + 2));
    const times = rarely() ? upTo(4) : one.min + upTo(most - one.min + 1);
    return Array.from({ length: times }, () => occurrence(one, depth)).join(rarely(0.1) ? oneOf(BLANKS) : "");
  }

  function occurrence(one: Particle, depth: number): string {
    if (one.kind === "any") return '<any xmlns="urn:any"/>';
    if (one.kind === "element") return element(one.element, depth + 1);
    if (one.kind === "choice") {
      const chosen = oneOf(one.items);
      return chosen === undefined ? "" : particle(chosen, depth);
    }
    const items = rarely() || one.kind === "all" ? one.items.toSorted(() => random.next() - 0.5) : one.items;
    return items.map((item) => particle(item, depth)).join("");
  }

  return {
    message({ body }) {
      isRight = random.next() < 0.4;
      const inner = body.map((one) => element(one, 0)).join("");
      const header = rarely(0.1) ? oneOf(["<s:Header/>", "<s:Header>\n</s:Header>", '<s:Header><a xmlns="urn:a"/></s:Header>']) : "";
      const start = oneOf([
        "",
        "",
        '<?xml version="1.0" encoding="UTF-8"?>\r\n',
        '<?xml version="1.0"?>',
        "<?xml version='1.0' encoding='utf-8' ?>",
      ]);
      const namespace = random.next() < 0.7 ? ENVELOPE_11 : ENVELOPE_12;
      return `${start}<s:Envelope xmlns:s="${namespace}" xmlns:xsi="${XSI}" xmlns:xs="http://www.w3.org/2001/XMLSchema">${header}<s:Body>${inner}</s:Body></s:Envelope>`;
    },
    changed(text) {
      const at = upTo(text.length + 1);
      const other = upTo(text.length + 1);
      const [from, to] = at < other ? [at, other] : [other, at];
      const pieces = text.split(/(?=<)/);
      const piece = upTo(pieces.length);
      const withPiece = (...put: readonly string[]) => [...pieces.slice(0, piece), ...put, ...pieces.slice(piece + 1)].join("");
      const own = pieces[piece] ?? "";
      switch (upTo(9)) {
        case 0:
          return text.slice(0, at) + (oneOf(INSERTED) ?? "") + text.slice(at);
        case 1:
          return text.slice(0, at) + text.slice(at + 1);
        case 2:
          return withPiece(own, own);
        case 3:
          return withPiece();
        case 4:
          return withPiece(own.replace(/>[^<]*$/, `>${oneOf(TEXTS)}`));
        case 5:
          return withPiece(own.replace(/[ />]/, (end) => `${oneOf(ATTRIBUTES)}${end}`));
        case 6:
          return withPiece((oneOf(INSERTED) ?? "") + own);
        case 7:
          return withPiece(own.replace(/>[^<]*$/, (end) => `${end}${oneOf(INSERTED)}`));
        default:
          return text.slice(0, from) + text.slice(to);
      }
    },
  };
}

const INSERTED = [
  ..."&amp;|&lt;|&#65;|&#x41;|&#10;|&#0;|&nope;|&|<|>|]]>|<!-- c -->|<?pi x?>|<![CDATA[7]]>|<a/>|<a>|</a>|x|:|'|\"|=|/|-|é|\uFFFE".split(
    "|",
  ),
  "\uFFFD",
  "\r\n",
  "\t",
  "\u0001",
  " ",
  "\n ",
  "<!DOCTYPE a>",
];
const ATTRIBUTES = [
  ' xsi:nil="true"',
  ' xsi:nil="false"',
  ' xsi:type="xs:string"',
  ' xml:lang="en"',
  ' a="1"',
  ' a="1" a="2"',
  ' xmlns="urn:x"',
  ' xmlns=""',
  ' xmlns:e="urn:x"',
  ' xmlns:e=""',
  ' xmlns:xml="urn:x"',
  ' p:a="1"',
  ' xmlns:p="urn:p" xmlns:q="urn:p" p:a="1" q:a="1"',
  ' xmlns:p="relative"',
  ' xmlns:p="http://["',
  ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"',
  ' xsi:schemaLocation="urn:x x.xsd"',
  " a=1",
  " a",
  ' a = "<"',
  ' a="&#60;"',
];
