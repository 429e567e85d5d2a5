/** A real server that tests and examples run against: what it needs, and how one is started in a folder of its own. */
export interface ServerDefinition {
  /** As in `npm run servers -- up NAME`. */
  readonly name: string;
  readonly title: string;
  /** The ports it listens on, by name, and the usual number of each. */
  readonly ports: Readonly<Record<string, number>>;
  /** Installs what is missing and writes the configuration. What comes of it is started. */
  prepare(place: ServerPlace): Promise<readonly ServerProgram[]>;
  /** Where clients find it, by the name of a setting, such as `KAFKA_BROKERS`. */
  addresses(ports: Ports): Readonly<Record<string, string>>;
}

export type Ports = Readonly<Record<string, number>>;

export interface ServerPlace {
  /** The server's own folder: configuration, data and log. What was there before is still there. */
  readonly folder: string;
  /** Where downloads are kept for all servers. */
  readonly cache: string;
  readonly ports: Ports;
  /** Says what is being waited for, such as a download. */
  readonly say: (text: string) => void;
}

/** One process of a server; a cluster has several. */
export interface ServerProgram {
  /** Tells processes of a server apart, such as `broker-2`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The port that takes connections once it is ready. */
  readonly ready: number;
  /** A further look, for servers that take connections before they can do anything: resolves true when it is ready. */
  readonly isReady?: () => Promise<boolean>;
  /** What stops it in an orderly way. Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
}

/** The one port of that name. */
export function portOf(ports: Ports, name: string): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`a server has no port "${name}"`);
  return port;
}
