const ROWS = 40_000;
const ORDERS = 8_000;
const MESSAGES = 2_000;

/** 4 MB of six columns, one of them in quotes. */
export function csvDocument(): string {
  const row = (id: number) =>
    `${id},Customer ${id % 977},"Product, ${id}",${id % 13},${(id * 1.17).toFixed(2)},some longer note of this row ${id}\n`;
  return `id,customer,product,quantity,price,note\n${repeated(ROWS, row)}`;
}

/** 2 MB of orders with attributes, text, entities and lists. */
export function xmlDocument(): string {
  const line = (sku: string, id: number) =>
    `    <line sku="${sku}-${id}"><quantity>${id % 7}</quantity><price>${(id * 1.1).toFixed(2)}</price></line>\n`;
  const order = (id: number) =>
    `  <order id="${id}" status="open">\n    <customer>Müller &amp; Co ${id}</customer>\n${line("A", id)}${line("B", id)}  </order>\n`;
  return `<?xml version="1.0"?>\n<orders xmlns="urn:orders">\n${repeated(ORDERS, order)}</orders>\n`;
}

/** 1 MB of purchase orders in one group. */
export function x12Document(): string {
  const number = (id: number) => String(id + 1).padStart(4, "0");
  const lines = (id: number) => repeated(8, (line) => `PO1*${line + 1}*${id % 50}*EA*9.25**VP*SKU-${id}-${line}~\n`);
  const order = (id: number) => `ST*850*${number(id)}~\nBEG*00*SA*PO${id}**20260101~\n${lines(id)}CTT*8~\nSE*12*${number(id)}~\n`;
  const isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*P*:~\n";
  return `${isa}GS*PO*A*B*20260101*1200*1*X*005010~\n${repeated(MESSAGES, order)}GE*${MESSAGES}*1~\nIEA*1*000000001~\n`;
}

/** 1 MB of purchase orders in one interchange. */
export function edifactDocument(): string {
  const lines = (id: number) =>
    repeated(6, (line) => `LIN+${line + 1}++4000862141404:EN'QTY+21:${id % 50}'PRI+AAA:9.25'IMD+F++:::Product ?'${id}?''`);
  const order = (id: number) => `UNH+${id + 1}+ORDERS:D:96A:UN'BGM+220+PO${id}+9'DTM+137:20260101:102'${lines(id)}UNS+S'UNT+29+${id + 1}'`;
  return `UNB+UNOC:3+SENDER+RECEIVER+260101:1200+1'${repeated(MESSAGES, order)}UNZ+${MESSAGES}+1'`;
}

function repeated(count: number, piece: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => piece(index)).join("");
}
