const MOST = 100;

/** What was made of the last pictures is kept, since a mapping uses the same few again and again. */
export function remember<T>(make: (picture: string) => T): (picture: string) => T {
  const known = new Map<string, T>();
  return (picture) => {
    const before = known.get(picture);
    if (before !== undefined) return before;
    const made = make(picture);
    if (known.size >= MOST) known.clear();
    known.set(picture, made);
    return made;
  };
}
