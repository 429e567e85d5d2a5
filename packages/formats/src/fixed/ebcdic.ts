/** The code pages of mainframes. Both hold the characters of Latin-1 in another order: for each byte, the number of its character. */
const TABLES = {
  cp037:
    "000102039c09867f978d8e0b0c0d0e0f101112139d8508871819928f1c1d1e1f80818283840a171b88898a8b8c050607909116939495960498999a9b14159e1a" +
    "20a0e2e4e0e1e3e5e7f1a22e3c282b7c26e9eaebe8edeeefecdf21242a293bac2d2fc2c4c0c1c3c5c7d1a62c255f3e3ff8c9cacbc8cdcecfcc603a2340273d22" +
    "d8616263646566676869abbbf0fdfeb1b06a6b6c6d6e6f707172aabae6b8c6a4b57e737475767778797aa1bfd0dddeae5ea3a5b7a9a7b6bcbdbe5b5dafa8b4d7" +
    "7b414243444546474849adf4f6f2f3f57d4a4b4c4d4e4f505152b9fbfcf9faff5cf7535455565758595ab2d4d6d2d3d530313233343536373839b3dbdcd9da9f",
  cp500:
    "000102039c09867f978d8e0b0c0d0e0f101112139d8508871819928f1c1d1e1f80818283840a171b88898a8b8c050607909116939495960498999a9b14159e1a" +
    "20a0e2e4e0e1e3e5e7f15b2e3c282b2126e9eaebe8edeeefecdf5d242a293b5e2d2fc2c4c0c1c3c5c7d1a62c255f3e3ff8c9cacbc8cdcecfcc603a2340273d22" +
    "d8616263646566676869abbbf0fdfeb1b06a6b6c6d6e6f707172aabae6b8c6a4b57e737475767778797aa1bfd0dddeaea2a3a5b7a9a7b6bcbdbeac7cafa8b4d7" +
    "7b414243444546474849adf4f6f2f3f57d4a4b4c4d4e4f505152b9fbfcf9faff5cf7535455565758595ab2d4d6d2d3d530313233343536373839b3dbdcd9da9f",
} as const;

export type Ebcdic = keyof typeof TABLES;

export function isEbcdic(charset: string): charset is Ebcdic {
  return Object.hasOwn(TABLES, charset);
}

interface Tables {
  readonly decode: readonly string[];
  readonly encode: ReadonlyMap<string, string>;
}

const made = new Map<Ebcdic, Tables>();

function tablesOf(charset: Ebcdic): Tables {
  const known = made.get(charset);
  if (known !== undefined) return known;
  const decode = Array.from(Buffer.from(TABLES[charset], "hex"), (code) => String.fromCharCode(code));
  const tables = { decode, encode: new Map(decode.map((character, byte) => [character, String.fromCharCode(byte)])) };
  made.set(charset, tables);
  return tables;
}

/** The text of bytes, which come as characters of the same numbers. */
export function decodeEbcdic(bytes: string, charset: Ebcdic): string {
  const { decode } = tablesOf(charset);
  let text = "";
  for (let at = 0; at < bytes.length; at++) text += decode[bytes.charCodeAt(at)] ?? "";
  return text;
}

/** The bytes of a text, as characters of the same numbers; or the first character that the code page does not have. */
export function encodeEbcdic(text: string, charset: Ebcdic): { readonly bytes: string } | { readonly missing: string } {
  const { encode } = tablesOf(charset);
  let bytes = "";
  for (const character of text) {
    const byte = encode.get(character);
    if (byte === undefined) return { missing: character };
    bytes += byte;
  }
  return { bytes };
}
