import { connect, type Socket } from "node:net";

export interface Asking {
  readonly port: number;
  readonly path: string;
  readonly key: string;
}

/** Asks on one connection with a pause after each reply, until told to stop. Answers the milliseconds that each reply took, and its status. */
export async function keepAsking(
  { port, path, key }: Asking,
  { pauseMs, until }: { readonly pauseMs: number; readonly until: Promise<void> },
) {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay();
  const request = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Api-Key: ${key}\r\nContent-Length: 0\r\n\r\n`;
  const took: number[] = [];
  const statuses = new Set<string>();
  let isOver = false;
  void until.then(() => (isOver = true));
  while (!isOver) {
    const before = performance.now();
    statuses.add(await replyTo(socket, request));
    took.push(performance.now() - before);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  socket.destroy();
  return { took, statuses };
}

/** The status of a reply. Replies here are small, and come in one piece. */
function replyTo(socket: Socket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("data", (chunk: Buffer) => {
      socket.off("error", reject);
      resolve(chunk.toString("latin1", 9, 12));
    });
    socket.write(request);
  });
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
