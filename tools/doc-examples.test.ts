import { expect, it } from "vitest";
import { docExamples } from "./doc-examples.ts";

const fence = "```";

it("finds the blocks that name a file", () => {
  const markdown = `# Title\n\n${fence}ts shop/app.ts\nconst a = 1;\n${fence}\n\n${fence}sh\nnpm ci\n${fence}\n\n- item\n\n  ${fence}yaml a.flow.yaml\n  routes:\n    a: {}\n  ${fence}\n`;
  expect(docExamples("README.md", markdown)).toEqual([
    { language: "ts", file: "shop/app.ts", text: "const a = 1;\n", line: 3 },
    { language: "yaml", file: "a.flow.yaml", text: "routes:\n  a: {}\n", line: 13 },
  ]);
});

it("refuses a block that has no end", () => {
  expect(() => docExamples("README.md", `one\n${fence}ts a.ts\nconst a = 1;`)).toThrow("README.md:2: the block a.ts has no end");
});

it("refuses two blocks of one file", () => {
  const block = `${fence}ts a.ts\n${fence}\n`;
  expect(() => docExamples("README.md", block + block)).toThrow("README.md:3: there are two blocks a.ts");
});
