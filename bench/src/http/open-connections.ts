import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface OpenLoad {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
}

const AT_ONCE = 200;

/** Opens connections and leaves them open, then asks once on each. Answers how many got a reply of 200. */
export async function openConnections({ port, path, connections }: OpenLoad): Promise<number> {
  const sockets: Socket[] = [];
  const inTurns = async (each: (index: number) => Promise<void>) => {
    for (let first = 0; first < connections; first += AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, connections - first) }, (_, index) => each(first + index)));
  };
  let answered = 0;
  await inTurns(async (index) => {
    const socket = connect(port, "127.0.0.1");
    sockets[index] = socket;
    await once(socket, "connect");
  });
  await inTurns(async (index) => {
    const socket = sockets[index];
    socket?.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const [chunk] = socket === undefined ? [] : await once(socket, "data").catch(() => []);
    if (String(chunk).startsWith("HTTP/1.1 200 ")) answered += 1;
  });
  for (const socket of sockets) socket.destroy();
  return answered;
}
