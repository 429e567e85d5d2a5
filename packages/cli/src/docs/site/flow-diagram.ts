import type { FlowBranch, FlowNode } from "../flow-tree.ts";
import { escapeHtml, html, type Html } from "./html.ts";

const BOX = { width: 232, height: 52 };
const GAP = { x: 28, y: 30 };
/** Room for the words at a way. */
const LABEL = 18;
const LETTERS = 30;

interface Drawing {
  readonly parts: string[];
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** A route as a picture: from top to bottom, ways beside one another. Colours are those of the page. */
export function flowDiagram(nodes: readonly FlowNode[], name: string): Html {
  const width = listWidth(nodes) + 8;
  const drawing: Drawing = { parts: [] };
  const end = drawList(drawing, nodes, { x: width / 2, y: 4 });
  const size = `viewBox="0 0 ${width} ${end + 4}" width="${width}" height="${end + 4}"`;
  const arrow = `<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>`;
  return {
    html: `<div class="wide"><svg class="flow" role="img" aria-label="${escapeHtml(`Diagram of the route ${name}; its steps are listed below`)}" ${size} xmlns="http://www.w3.org/2000/svg"><defs>${arrow}</defs>${drawing.parts.join("")}</svg></div>`,
  };
}

function listWidth(nodes: readonly FlowNode[]): number {
  return Math.max(BOX.width, ...nodes.map(({ branches }) => branchesWidth(branches)));
}

function branchesWidth(branches: readonly FlowBranch[]): number {
  return branches.reduce((sum, { nodes }) => sum + listWidth(nodes) + GAP.x, -GAP.x);
}

/** Draws boxes one below another around a line, and answers where they end. */
function drawList(drawing: Drawing, nodes: readonly FlowNode[], { x, y }: Spot): number {
  let top = y;
  for (const [index, node] of nodes.entries()) {
    if (index > 0) {
      line(drawing, `M${x} ${top}V${top + GAP.y - 2}`, true);
      top += GAP.y;
    }
    drawBox(drawing, node, { x, y: top });
    top = drawBranches(drawing, node.branches, { x, y: top + BOX.height });
  }
  return top;
}

function drawBox(drawing: Drawing, { kind, title, detail }: FlowNode, { x, y }: Spot): void {
  const left = x - BOX.width / 2;
  const lines =
    detail === ""
      ? [[title, y + 31, "title"] as const]
      : ([
          [title, y + 22, "title"],
          [cut(detail), y + 40, "detail"],
        ] as const);
  const texts = lines.map(([text, height, name]) => `<text class="${name}" x="${x}" y="${height}">${escapeHtml(text)}</text>`).join("");
  drawing.parts.push(
    `<g class="${kind}"><title>${escapeHtml(detail === "" ? title : `${title}: ${detail}`)}</title><rect x="${left}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="8"/>${texts}</g>`,
  );
}

/** Draws ways beside one another and brings them together again. */
function drawBranches(drawing: Drawing, branches: readonly FlowBranch[], { x, y }: Spot): number {
  if (branches.length === 0) return y;
  const top = y + GAP.y + LABEL;
  let left = x - branchesWidth(branches) / 2;
  const ends = branches.map(({ label, nodes }) => {
    const width = listWidth(nodes);
    const middle = left + width / 2;
    left += width + GAP.x;
    line(drawing, `M${x} ${y}V${y + GAP.y / 2}H${middle}V${top - 2}`, true);
    if (label !== "")
      drawing.parts.push(
        `<text class="label" x="${middle + 6}" y="${top - 8}"><title>${escapeHtml(label)}</title>${escapeHtml(cut(label))}</text>`,
      );
    return { middle, end: drawList(drawing, nodes, { x: middle, y: top }) };
  });
  const bottom = Math.max(...ends.map(({ end }) => end)) + GAP.y / 2;
  for (const { middle, end } of ends) line(drawing, `M${middle} ${end}V${bottom}H${x}`, false);
  return bottom;
}

function line({ parts }: Drawing, path: string, hasArrow: boolean): void {
  parts.push(`<path class="line" d="${path}"${hasArrow ? ' marker-end="url(#arrow)"' : ""}/>`);
}

function cut(text: string): string {
  return text.length <= LETTERS ? text : `${text.slice(0, LETTERS - 1)}…`;
}

/** The same as a list, for those who do not see the picture. */
export function flowList(nodes: readonly FlowNode[]): Html {
  const items = nodes.map(({ title, detail, branches }) => {
    const ways = branches.map(({ label, nodes: inner }) => html`<li>${label === "" ? "" : html`<em>${label}</em>`}${flowList(inner)}</li>`);
    return html`<li>
      ${title}${detail === "" ? "" : html`: <code>${detail}</code>`}${
        ways.length === 0
          ? ""
          : html`<ul>
              ${ways}
            </ul>`
      }
    </li>`;
  });
  return html`<ol>
    ${items}
  </ol>`;
}
