import type { ElementDeclaration, Particle } from "../schema/schema-model.ts";
import type { Slots } from "../schema/slots.ts";
import { clark } from "../xml/xml-element.ts";

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
    default: {
      let written = "";
      for (let turn = 0; turn < particle.max && (turn === 0 || left(particle, content) > 0); turn++) {
        const before = remaining(content);
        written +=
          particle.kind === "choice"
            ? writeChoice(particle.items, content, writer)
            : particle.items.map((item) => writeParticle(item, content, writer)).join("");
        if (remaining(content) === before) break;
      }
      return written;
    }
  }
}

function writeTurns(
  element: ElementDeclaration,
  max: number,
  { content, writer }: { readonly content: Content; readonly writer: ParticleWriter },
): string {
  const { path } = writer;
  let written = "";
  let turns = 0;
  for (const { key, declaration } of candidates(element, content.slots)) {
    const queue = content.known.get(key);
    while (queue !== undefined && queue.next < queue.values.length && turns < max) {
      const index = queue.next++;
      path.push(key);
      if (content.slots.byKey.get(key)?.isList === true) path.push(index);
      written += writer.element(declaration, queue.values[index]);
      path.length = path.lastIndexOf(key);
      turns += 1;
    }
  }
  return written;
}

/** The element and those that may stand in its place, with their keys. */
function candidates(
  element: ElementDeclaration,
  { byName }: Slots,
): readonly { readonly key: string; readonly declaration: ElementDeclaration }[] {
  return [element, ...element.substitutes].flatMap((declaration) => {
    const slot = byName.get(clark(declaration));
    return slot === undefined ? [] : [{ key: slot.key, declaration }];
  });
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
  return candidates(particle.element, content.slots).some(({ key }) => hasMore(content, key)) ? 1 : 0;
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
