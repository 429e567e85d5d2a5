import path from "node:path";
import { breachOfArrow, ROOMS, roomOfSpecifier } from "./rooms.ts";

/** The parts of the ESLint rule API that the rules below use. */
interface RuleContext {
  readonly cwd: string;
  readonly filename: string;
  report(finding: { readonly message: string; readonly node: unknown }): void;
}

interface SyntaxNode {
  readonly type: string;
}

interface ImportNode extends SyntaxNode {
  readonly source?: { readonly value?: unknown } | null;
  readonly importKind?: "type" | "value";
  readonly exportKind?: "type" | "value";
  readonly specifiers?: readonly { readonly importKind?: string; readonly exportKind?: string }[];
}

interface ExportAllNode extends ImportNode {
  readonly exported: SyntaxNode | null;
}

interface DateNode extends SyntaxNode {
  readonly callee: SyntaxNode & { readonly name?: string };
  readonly arguments: readonly SyntaxNode[];
}

const arrows = {
  create(context: RuleContext) {
    const file = locate(path.relative(context.cwd, context.filename));
    const check = (node: ImportNode) => {
      const specifier = node.source?.value;
      if (file === undefined || typeof specifier !== "string") return;
      const message = specifier.startsWith(".") ? breachOfPath(file, specifier) : breachOfName(file, specifier, isTypeOnly(node));
      if (message !== undefined) context.report({ message, node });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

const noExportAll = {
  create: (context: RuleContext) => ({
    ExportAllDeclaration(node: ExportAllNode) {
      if (node.exported === null) context.report({ message: "`export *` hides what is public: write the names out", node });
    },
  }),
};

const noAmbientTime = {
  create(context: RuleContext) {
    const check = (node: DateNode) => {
      if (node.callee.name !== "Date" || (node.type === "NewExpression" && node.arguments.length > 0)) return;
      context.report({ message: "The current time comes from core's Clock: `new Date(clock.now())`", node });
    };
    return { NewExpression: check, CallExpression: check };
  },
};

export default {
  meta: { name: "portolan" },
  rules: { arrows, "no-export-all": noExportAll, "no-ambient-time": noAmbientTime },
};

/** A source file of a room, by its path from the root of the workspace. */
interface RoomFile {
  readonly path: string;
  readonly room: string;
  readonly test: boolean;
}

function locate(file: string): RoomFile | undefined {
  const posix = file.replaceAll(path.sep, "/");
  const room = /^packages\/([^/]+)\//.exec(posix)?.[1];
  return room === undefined ? undefined : { path: posix, room, test: /\.test(?:\.\w+)?\.ts$/.test(posix) };
}

function breachOfName(file: RoomFile, specifier: string, typeOnly: boolean): string | undefined {
  const room = roomOfSpecifier(specifier);
  return room === undefined ? undefined : breachOfArrow(file.room, room, { typeOnly, test: file.test });
}

function breachOfPath(file: RoomFile, specifier: string): string | undefined {
  const target = path.posix.join(path.posix.dirname(file.path), specifier);
  const home = `packages/${file.room}/`;
  if (!target.startsWith(home)) return `${specifier} leaves the room ${file.room}: import other rooms by their package name`;
  const room = ROOMS[file.room];
  if (room?.foldersApart !== true) return undefined;
  const from = folderOf(file.path);
  const to = folderOf(target);
  return from !== undefined && to !== undefined && from !== to && room.shared?.includes(to) !== true
    ? `${from} may not import ${to}: folders of ${file.room} stay apart`
    : undefined;
}

function folderOf(file: string): string | undefined {
  return /^packages\/[^/]+\/src\/([^/]+)\//.exec(file)?.[1];
}

function isTypeOnly(node: ImportNode): boolean {
  if (node.type === "TSImportType" || node.importKind === "type" || node.exportKind === "type") return true;
  const specifiers = node.specifiers ?? [];
  return specifiers.length > 0 && specifiers.every((one) => one.importKind === "type" || one.exportKind === "type");
}
