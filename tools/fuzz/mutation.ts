/** Chance that a seed repeats: the same seed and number make the same input. */
export interface Chance {
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
}

/** Mulberry32, by Tommy Ettinger. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  return {
    below(below) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
    },
  };
}

const MAX_LENGTH = 16 * 1024;
const BORDERS = [0, 1, 9, 10, 13, 0x20, 0x7f, 0x80, 0xbf, 0xc0, 0xed, 0xf0, 0xfe, 0xff];

type Mutation = (bytes: Buffer, chance: Chance, seeds: readonly Buffer[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  (bytes, chance) => edited(bytes, chance, (at) => (bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8)))),
  (bytes, chance) => edited(bytes, chance, (at) => (bytes[at] = BORDERS[chance.below(BORDERS.length)] ?? 0)),
  (bytes, chance) => edited(bytes, chance, (at) => (bytes[at] = chance.below(256))),
  // A piece is left out, written twice or often, or moved.
  (bytes, chance) => cut(bytes, chance, (before, _piece, after) => [before, after]),
  (bytes, chance) => cut(bytes, chance, (before, piece, after) => [before, piece, piece, after]),
  (bytes, chance) => cut(bytes, chance, (before, piece, after) => [before, ...Array<Buffer>(1 + chance.below(200)).fill(piece), after]),
  (bytes, chance) => cut(bytes, chance, (before, piece, after) => [piece, before, after]),
  (bytes, chance) => bytes.subarray(0, chance.below(bytes.length + 1)),
  (bytes, chance, seeds) => {
    const other = seeds[chance.below(seeds.length)] ?? bytes;
    return cut(bytes, chance, (before, _piece, after) => [before, pieceOf(other, chance), after]);
  },
  (bytes, chance) => cut(bytes, chance, (before, _piece, after) => [before, randomBytes(1 + chance.below(8), chance), after]),
  // Numbers are where lengths and counts are told.
  (bytes, chance) =>
    Buffer.from(
      bytes.toString("latin1").replace(/\d+/g, (digits) => (chance.below(4) > 0 ? digits : String(2 ** chance.below(60) - 1))),
      "latin1",
    ),
];

/** Random bytes, or a seed that was changed in one to eight ways. */
export function mutated(seeds: readonly Buffer[], chance: Chance): Buffer {
  if (chance.below(20) === 0 || seeds.length === 0) return randomBytes(chance.below(200), chance);
  let bytes = Buffer.from(seeds[chance.below(seeds.length)] ?? []);
  for (let count = 1 + chance.below(8); count > 0; count--) {
    bytes = Buffer.from(MUTATIONS[chance.below(MUTATIONS.length)]?.(bytes, chance, seeds) ?? bytes).subarray(0, MAX_LENGTH);
  }
  return bytes;
}

function edited(bytes: Buffer, chance: Chance, edit: (at: number) => void): Buffer {
  if (bytes.length > 0) edit(chance.below(bytes.length));
  return bytes;
}

function cut(bytes: Buffer, chance: Chance, join: (before: Buffer, piece: Buffer, after: Buffer) => readonly Buffer[]): Buffer {
  const start = chance.below(bytes.length + 1);
  const end = Math.min(bytes.length, start + 1 + chance.below(chance.below(2) === 0 ? 4 : 64));
  return Buffer.concat(join(bytes.subarray(0, start), bytes.subarray(start, end), bytes.subarray(end)));
}

function pieceOf(bytes: Buffer, chance: Chance): Buffer {
  const start = chance.below(bytes.length + 1);
  return bytes.subarray(start, start + 1 + chance.below(64));
}

function randomBytes(length: number, chance: Chance): Buffer {
  return Buffer.from(Array.from({ length }, () => chance.below(256)));
}
