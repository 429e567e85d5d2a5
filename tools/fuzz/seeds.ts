import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { createFormats } from "@portolan/formats";

/** Valid documents of a format, and the options that they are read with. */
export interface Seeds {
  readonly options?: Readonly<Record<string, unknown>>;
  readonly documents: readonly (Buffer | string)[];
  /** What a schema says in one language may have no words in the other: it need not read back the same. */
  readonly isLossy?: true;
  /** Packs what was changed, so that changes reach the inside of what has a checksum. */
  readonly pack?: (document: Buffer) => Uint8Array;
}

/** Paths of the options below start here. */
export const SEED_DIRECTORY = import.meta.dirname;
const formats = createFormats([], { directory: SEED_DIRECTORY });
const edi = path.resolve(import.meta.dirname, "../../../shared/suites/edi");

/** Data that most formats can write. */
const ROWS = [
  { id: 1, name: "Müller & Söhne", note: 'a "b", c;d\ne' },
  { id: -2.5e10, name: "", note: "=1+1\t#" },
];
const FILES = [
  { name: "a/b.csv", modified: "2026-11-24T12:00:00", content: Buffer.from("a,b\r\n1,2\r\n".repeat(20)) },
  { name: "c", content: Buffer.from("x") },
];

const AVRO = {
  type: "record",
  name: "R",
  fields: [
    { name: "a", type: "long" },
    { name: "b", type: ["null", "string", "double", "R"] },
    { name: "c", type: { type: "array", items: ["null", "bytes"] } },
    { name: "d", type: { type: "map", values: { type: "enum", name: "E", symbols: ["x", "y"] } } },
  ],
};
const avroOf = (options: Readonly<Record<string, unknown>>) =>
  Buffer.from(
    formats.format("avro", options)?.encode([
      { a: -1, b: null, c: [null, Buffer.from("x")], d: { k: "x" } },
      { a: 2 ** 40, b: { a: 0, b: 1.5, c: [], d: {} }, c: [], d: {} },
    ]) ?? [],
  );

const LAYOUT = {
  records: {
    header: { when: { start: 1, value: "H" }, fields: [{ filler: 1 }, { name: "sender", length: 8 }, { name: "date", length: 8 }] },
    payment: {
      when: { start: 1, value: "P" },
      fields: [
        { name: "iban", start: 2, length: 10 },
        { name: "amount", length: 9, type: "number", decimals: 2, sign: "leading" },
        { name: "fee", picture: "S9(3)V99" },
        { name: "tags", length: 2, occurs: 2 },
      ],
    },
    trailer: { when: { start: 1, value: "T" }, fields: [{ filler: 1 }, { name: "count", length: 5, type: "number" }] },
  },
};

const PROTOBUF = { schema: "seed.proto", message: "fuzz.Seed" };
const SEED = {
  id: "ä",
  parts: [{ id: "b", free: true }, {}],
  at: "2026-01-01T00:00:00Z",
  numbers: { x: "-1" },
  raw: "AP8=",
  rate: 1.5,
  codes: [1, 300],
};
const protobufOf = (options: Readonly<Record<string, unknown>>) =>
  Buffer.from(formats.format("protobuf", options)?.encode("delimited" in options ? [SEED, {}] : SEED) ?? []);

const zipped = (files: readonly object[]) => formats.format("zip")?.encode(files) ?? new Uint8Array();
/** The format `zip` yields these. */
const filesOf = (archive: Uint8Array) =>
  formats.format("zip")?.decode(archive) as readonly { readonly name: string; readonly content: Uint8Array }[];
const SHEET = /sheet1\.xml$/;
const XLSX = Buffer.from(formats.format("xlsx", { dates: ["day"] })?.encode(ROWS.map((row) => ({ ...row, day: "2026-01-31" }))) ?? []);
const sheetsOf = (archive: Uint8Array) =>
  filesOf(archive)
    .filter(({ name }) => SHEET.test(name))
    .map(({ content }) => Buffer.from(content));

/** By the name of the format; one that is not here is fuzzed with what it writes of the rows, and with random bytes. */
const MESSAGE =
  "MSH|^~\\&|LAB|CLINIC|EHR|CLINIC|20260105143000||ORU^R01|1|P|2.5.1\rPID|1||4711^^^CLINIC&1.2&ISO~0815||Doe^John\rOBX|1|TX|N||a\\F\\b\\.br\\c\r";
const HL7 = [MESSAGE, `\x0B${MESSAGE}\x1C\r`, `FHS|^~\\&|LAB\rBHS|^~\\&|LAB\r${MESSAGE}BTS|1\rFTS|1\r`];

const SEEDS: Readonly<Record<string, readonly Seeds[]>> = {
  json: [
    { documents: ['{"a":[1,-2.5e-3,true,null,"\\u00e4\\n😀"],"__proto__":{"b":{}}}', "[[[[[]]]]]", ' "x" ', "\uFEFF1"] },
    { options: { records: "a/b" }, documents: ['{"c":[{}],"a":{"x":"\\"[","b":[1,{"d":"]}\\\\"},[2],"e" ,null]},"f":2}'] },
  ],
  ndjson: [{ documents: ['{"a":1}\n{"b":[2,"x"]}\r\n\n3\n', "null"] }],
  csv: [
    { documents: ['id,name\r\n1,"a ""b"", c"\r\n2,\r\n', "a\n\nb\n", '"x\ny",z\r1,2\r'] },
    {
      options: { delimiter: "auto", trim: true, comment: "#", ragged: "any", escape: "\\" },
      documents: ["# c\na;b\n 1 ;\\;2\n3\n", "sep=|\na|b\n'1'|2,3"],
    },
    { options: { types: { n: "number", b: "boolean" }, decimal: ",", delimiter: ";" }, documents: ["n;b;t\n1,5;true;x\n;0;\n"] },
    { options: { header: false, charset: "utf-16le" }, documents: [Buffer.from("\uFEFFa,b\r\n1,ä\r\n", "utf16le")] },
    { options: { charset: "shift_jis" }, documents: [Buffer.from([0x61, 0x0a, 0x93, 0xfa, 0x96, 0x7b, 0x0a])] },
  ],
  tsv: [{ documents: ['a\tb\n1\t"2\t3"\n'] }],
  text: [
    { documents: ["a\nä€😀\r\n"] },
    { options: { charset: "gb18030" }, documents: ["a\n", Buffer.from([0x81, 0x30, 0x81, 0x30, 0xb0, 0xa1])] },
  ],
  xml: [
    {
      documents: [
        '<?xml version="1.0" encoding="UTF-8"?><!-- c --><a x="1" y=\'&lt;&#228;\'><b>t</b><b/><c><![CDATA[<x>]]></c>m<d/></a>',
        '<n:a xmlns:n="u" xmlns="v" n:x="1"><b xml:lang="de">ä€😀</b><?pi x?></n:a>',
        '<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>',
        Buffer.from("\uFEFF<a>ä</a>", "utf16le"),
      ],
    },
    { options: { records: "a/b", lists: ["c"] }, documents: ["<a><b><c>1</c></b><d/><b>2</b></a>"] },
    { options: { namespaces: { "": "u", p: "v" } }, documents: ['<q:a xmlns:q="u" xmlns:r="v" r:x="1"><r:b/></q:a>'] },
  ],
  yaml: [
    {
      documents: [
        "a: &x [1, 'b', \"c\\n\", null]\nb: *x\nc: |\n  d\n  e\nf: >-\n  g\n? h\n: {i: j, k: [l]}\n",
        "- - 1\n  - 2\n- !!str 3\n# c\n",
        "%YAML 1.2\n---\nx\n...",
      ],
    },
    { options: { documents: true }, documents: ["---\na: 1\n---\n- b\n"] },
  ],
  form: [{ documents: ["a=1+2&b=%E2%82%AC&a=x&c", "=&&=%26"] }],
  multipart: [
    {
      documents: [
        formats.format("multipart")?.encode({ a: "ä", f: { filename: "x", type: "image/png", content: Buffer.from([1, 2]) } }) as Buffer,
      ].map((bytes) => Buffer.from(bytes)),
    },
    { options: { parts: true, boundary: "B" }, documents: ["--B\r\na: b\r\n\r\nc\r\n--B\r\n\r\nd\r\n--B--\r\n"] },
  ],
  avro: [
    { options: { schema: AVRO }, documents: [avroOf({ schema: AVRO }), avroOf({ schema: AVRO, codec: "null" })] },
    {
      options: { schema: AVRO, encoding: "registry" },
      documents: [
        Buffer.from(formats.format("avro", { schema: AVRO, encoding: "registry" })?.encode({ a: 1, b: "x", c: [null], d: {} }) ?? []),
      ],
    },
  ],
  fixed: [
    {
      options: { layout: LAYOUT },
      documents: ["HPORTOLAN20260105\nPDE89370400+000123450012EA1B2\nPDE12000000-000000990000}   x\nT00002\n"],
    },
    {
      options: {
        newline: "none",
        charset: "latin1",
        layout: {
          fields: [
            { name: "n", length: 1, type: "number" },
            { name: "p", picture: "S9(3)", usage: "comp-3", occurs: { max: 3, by: "n" } },
            { name: "b", picture: "S9(4)", usage: "comp" },
          ],
        },
      },
      documents: [Buffer.from("2\x12\x3c\x45\x6d\xff\xfe0\x00\x01", "latin1")],
    },
  ],
  protobuf: [PROTOBUF, { ...PROTOBUF, delimited: true }].map((options) => ({ options, documents: [protobufOf(options)] })),
  xlsx: [
    { documents: [XLSX] },
    {
      documents: sheetsOf(XLSX),
      pack: (sheet) =>
        zipped([...filesOf(XLSX).filter(({ name }) => !SHEET.test(name)), { name: "xl/worksheets/sheet1.xml", content: sheet }]),
    },
  ],
  gzip: [
    { options: { format: "csv" }, documents: [Buffer.from(formats.format("gzip", { format: "csv" })?.encode(ROWS) ?? [])] },
    { options: { format: "ndjson" }, documents: ['{"a":1}\n[2]\n'], pack: (document) => gzipSync(document) },
  ],
  "avro-schema": [
    {
      isLossy: true,
      documents: [
        '{"type":"record","name":"a.B","fields":[{"name":"c","type":["null","long"],"default":null},{"name":"d","type":{"type":"array","items":"a.B"}}]}',
        '{"type":"map","values":{"type":"enum","name":"E","symbols":["A"]}}',
      ],
    },
  ],
  proto: [
    {
      documents: [
        'syntax = "proto3";\npackage a;\nmessage B { int64 id = 1; repeated C c = 2; map<string, bool> d = 3; enum E { X = 0; } E e = 4; }\nmessage C { B b = 1; }\n',
      ],
    },
  ],
  xsd: [
    {
      documents: [
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="T"/><xs:complexType name="T"><xs:sequence><xs:element name="b" type="T" minOccurs="0"/>' +
          '<xs:element name="c" maxOccurs="3"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="x"/></xs:restriction></xs:simpleType></xs:element></xs:sequence>' +
          '<xs:attribute name="d" use="required"/></xs:complexType></xs:schema>',
      ],
    },
  ],
  zip: [
    {
      documents: [
        Buffer.from(formats.format("zip")?.encode(FILES) ?? []),
        Buffer.from(formats.format("zip", { level: 0 })?.encode(FILES) ?? []),
      ],
    },
  ],
  "edi-x12": [
    { documents: ediFiles((head) => head === "ISA") },
    { options: { check: "syntax" }, documents: ediFiles((head) => head === "ISA") },
    { options: { errors: "collect" }, documents: ediFiles((head) => head === "ISA") },
  ],
  edifact: [
    { documents: ediFiles((head) => head !== "ISA") },
    { options: { check: "syntax" }, documents: ediFiles((head) => head !== "ISA") },
    { options: { errors: "collect" }, documents: ediFiles((head) => head !== "ISA") },
  ],
  tradacoms: [
    {
      documents: [
        "STX=ANA:1+500:SHOPS+501:MAKER+260105:130233+7+PASSW+ORDHDR+B'\nMHD=1+ORDERS:9'\nCLO=1:2+DEPOT ?+ SONS'\nMTR=3'\nEND=1'\n",
        "STX=ANA:1+500+501+260105+7'BAT=1'MHD=1+ORDERS:9'MTR=2'EOB=1'END=1'",
      ],
    },
  ],
  hl7: [{ documents: HL7 }, { options: { check: "syntax" }, documents: HL7 }],
};

export function seedsOf(name: string): readonly Seeds[] {
  return SEEDS[name] ?? [{ documents: written(name) }];
}

function written(name: string): readonly Buffer[] {
  try {
    return [Buffer.from(formats.format(name)?.encode(ROWS) ?? [])];
  } catch {
    // Then random bytes are what it is fuzzed with.
    return [];
  }
}

function ediFiles(isWanted: (head: string) => boolean): readonly Buffer[] {
  const samples = [
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*P*:~\nGS*PO*A*B*20260101*1200*7*X*005010~\nST*850*0001~\nPO1*1*a:b^c~\nSE*3*0001~\nGE*1*7~\nIEA*1*000000001~\n",
    "UNB+UNOA:3+A+B+260101:1200+9'UNH+1+ORDERS:D:96A:UN'FTX+it?'s:2?+2'UNT+3+1'UNZ+1+9'",
  ].map((text) => Buffer.from(text));
  const files = existsSync(edi)
    ? readdirSync(edi)
        .filter((file) => file.endsWith(".edi"))
        .map((file) => readFileSync(path.join(edi, file)))
    : [];
  return [...samples, ...files].filter((bytes) => isWanted(bytes.subarray(0, 3).toString()));
}
