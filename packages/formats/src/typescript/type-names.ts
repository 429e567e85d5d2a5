/** Names that the written text uses itself. */
const TAKEN = ["Operations", "Uint8Array"];

/** Identifiers for names of all kinds, each once: `shop.order_line` is `ShopOrderLine`, and a second one of the sort `ShopOrderLine2`. */
export function createTypeNames(): (name: string) => string {
  const taken = new Set(TAKEN);
  return (name) => {
    const wanted = identifierOf(name);
    let free = wanted;
    for (let count = 2; taken.has(free); count++) free = `${wanted}${count}`;
    taken.add(free);
    return free;
  };
}

function identifierOf(name: string): string {
  const words = name.split(/[^\p{ID_Continue}$]+|_+/u).filter((word) => word !== "");
  // With a capital: no keyword and no type of the language begins with one.
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  if (joined === "") return "Type";
  return /^[\p{ID_Start}$_]/u.test(joined) && joined !== joined.toLowerCase() ? joined : `T${joined}`;
}

/** The key of a property as TypeScript writes it. */
export function propertyKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
