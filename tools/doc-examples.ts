/** A fenced block that names a file in its info string: ` ```ts shop/app.ts `. */
export interface DocExample {
  readonly language: string;
  readonly file: string;
  readonly text: string;
  /** Where its fence stands in the document, counted from 1. */
  readonly line: number;
}

const FENCE = /^(?<indent> *)```(?<language>\w+) +(?<file>[\w./-]+\.\w+) *$/;

/** The examples of a Markdown document that can be run or compiled. Two blocks with the same file are an error: one would hide the other. */
export function docExamples(document: string, markdown: string): readonly DocExample[] {
  const lines = markdown.split("\n");
  const examples: DocExample[] = [];
  for (let index = 0; index < lines.length; index++) {
    const { indent = "", language, file } = FENCE.exec(lines[index] ?? "")?.groups ?? {};
    if (language === undefined || file === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, index);
    if (end === -1) throw new Error(`${document}:${index + 1}: the block ${file} has no end`);
    if (examples.some((example) => example.file === file)) throw new Error(`${document}:${index + 1}: there are two blocks ${file}`);
    const body = lines.slice(index + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    examples.push({ language, file, text: `${body.join("\n")}\n`, line: index + 1 });
    index = end;
  }
  return examples;
}
