import type { ElementDeclaration, Particle } from "../schema/schema-model.ts";
import type { Slots } from "../schema/slots.ts";

/** The elements of a map that have not been written yet. */
export interface Content {
  readonly slots: Slots;
  readonly known: Map<string, { readonly values: readonly unknown[]; next: number }>;
  /** Those that no slot has, in their order: they stand where wildcards are. */
  readonly others: [string, unknown][];
}

/** Writes what stands in particles. */
export interface ParticleWriter {
  /** Where in the data it is. */
  readonly path: (string | number)[];
  element(declaration: ElementDeclaration, value: unknown): string;
  /** An element of a wildcard. */
  other(key: string, value: unknown): string;
  namespaceOf(key: string, value: unknown): string;
}

/**
 * Writes what a map has of a particle, in the particle's order. A group that may occur again takes one of each with every turn; of a choice
 * the alternative counts that has most of what is left. What is missing is not noticed here.
 */
export function writeParticle(particle: Particle, content: Content, writer: ParticleWriter): string {
  switch (particle.kind) {
    case "element":
      return writeTurns(particle.element, particle.max, { content, writer });
    case "any":
      return writeOthers(particle, content, writer);
    default:
      return particle.max === 1 ? writeTurn(particle, content, writer) : writeGroups(particle, content, writer);
  }
}

type Group = Extract<Particle, { readonly kind: "sequence" | "choice" | "all" }>;

function writeGroups(group: Group, content: Content, writer: ParticleWriter): string {
  let written = "";
  for (let turn = 0; turn < group.max && (turn === 0 || left(group, content) > 0); turn++) {
    const before = remaining(content);
    written += writeTurn(group, content, writer);
    if (remaining(content) === before) break;
  }
  return written;
}

function writeTurn({ kind, items }: Group, content: Content, writer: ParticleWriter): string {
  if (kind === "choice") return writeChoice(items, content, writer);
  let written = "";
  for (const item of items) written += writeParticle(item, content, writer);
  return written;
}

function writeTurns(
  element: ElementDeclaration,
  max: number,
  { content, writer }: { readonly content: Content; readonly writer: ParticleWriter },
): string {
  const { path } = writer;
  let written = "";
  let turns = 0;
  for (const { key, element: declaration, isList } of content.slots.candidates(element)) {
    const queue = content.known.get(key);
    while (queue !== undefined && queue.next < queue.values.length && turns < max) {
      const index = queue.next++;
      path.push(key);
      if (isList) path.push(index);
      written += writer.element(declaration, queue.values[index]);
      path.length = path.lastIndexOf(key);
      turns += 1;
    }
  }
  return written;
}

function writeChoice(items: readonly Particle[], content: Content, writer: ParticleWriter): string {
  let best: Particle | undefined;
  let most = 0;
  for (const item of items) {
    const count = left(item, content);
    if (count > most) [best, most] = [item, count];
  }
  return best === undefined ? "" : writeParticle(best, content, writer);
}

/** How many different elements of a particle are left to be written. */
function left(particle: Particle, content: Content): number {
  if (particle.kind === "any") return content.others.length > 0 ? 1 : 0;
  if (particle.kind !== "element") return particle.items.reduce((sum, item) => sum + left(item, content), 0);
  return content.slots.candidates(particle.element).some(({ key }) => hasMore(content, key)) ? 1 : 0;
}

function hasMore({ known }: Content, key: string): boolean {
  const queue = known.get(key);
  return queue !== undefined && queue.next < queue.values.length;
}

function remaining({ known, others }: Content): number {
  let count = others.length;
  for (const { values, next } of known.values()) count += values.length - next;
  return count;
}

function writeOthers({ isAllowed, max }: Extract<Particle, { kind: "any" }>, { others }: Content, writer: ParticleWriter): string {
  let written = "";
  for (let turn = 0; turn < max; turn++) {
    const at = others.findIndex(([key, value]) => isAllowed(writer.namespaceOf(key, value)));
    const [one] = at === -1 ? [] : others.splice(at, 1);
    if (one === undefined) break;
    writer.path.push(one[0]);
    written += writer.other(one[0], one[1]);
    writer.path.pop();
  }
  return written;
}
