import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";

const targetOptions = {
  url: required(option.text, "Its address: http or https, and a path that goes before that of the request.", {
    example: "http://10.0.0.5:8080/api",
  }),
  weight: withDefault(
    option.number({ min: 0 }),
    1,
    "Its share of the requests beside those of the others, such as 95 and 5; 0 takes it out.",
  ),
};

const healthOptions = {
  path: withDefault(option.name, "/", "What is asked with GET. Answers of 200 to 399 are healthy."),
  interval: withDefault(option.duration, 5000, "How often."),
  timeout: withDefault(option.duration, 2000, "No answer for so long is a failure."),
  failures: withDefault(option.integer({ min: 1 }), 2, "So many failures in a row take a target out."),
  successes: withDefault(option.integer({ min: 1 }), 2, "So many successes in a row bring it back."),
};

const ejectionOptions = {
  failures: withDefault(
    option.integer({ min: 1 }),
    5,
    "So many failed requests in a row take a target out: no connection, no answer in time, or 502, 503 or 504.",
  ),
  time: withDefault(option.duration, 10_000, "For how long the first time. Each further time in a row is twice as long."),
  maxTime: withDefault(option.duration, 300_000, "For how long at the most."),
};

/** The targets of a balancer, and how it chooses among them. */
export const balancerOptions = {
  targets: required(
    option.oneOrMore(option.either(option.text, (value) => typeof value === "string", option.object(targetOptions))),
    "The servers that answer the requests.",
    { example: ["http://10.0.0.5:8080", "http://10.0.0.6:8080"] },
  ),
  balance: withDefault(
    option.oneOf("roundRobin", "leastPending", "hash"),
    "roundRobin",
    "`roundRobin`: in turns. `leastPending`: the one with the fewest requests in process. `hash`: always the same for the same caller, as long as it is well.",
  ),
  hashBy: optional(option.name, "The header by which `hash` tells callers apart. Default, and without it: the caller's address.", {
    example: "x-customer",
  }),
  health: optional(option.object(healthOptions), "Asks every target again and again whether it is well."),
  ejection: withDefault(
    option.object(ejectionOptions),
    { failures: 5, time: 10_000, maxTime: 300_000 },
    "When a target that fails gets no requests for a while. The first one after that decides whether it is back.",
  ),
  whenAllOut: withDefault(
    option.oneOf("try", "refuse"),
    "try",
    "What happens while no target is well: `try` asks them all the same; `refuse` answers 503 at once, as a circuit breaker does.",
  ),
};

export type BalancerOptions = OptionsOf<typeof balancerOptions>;
export type HealthOptions = OptionsOf<typeof healthOptions>;
export type EjectionOptions = OptionsOf<typeof ejectionOptions>;

/** A target as it is given, with its defaults. */
export interface WeightedUrl {
  readonly url: string;
  readonly weight: number;
}

export function weightedUrls(targets: BalancerOptions["targets"]): readonly WeightedUrl[] {
  return targets.map((target) => (typeof target === "string" ? { url: target, weight: 1 } : target));
}

/** Targets that cannot be asked, and options that contradict one another, in words. */
export function checkBalancer({ targets, balance, hashBy, ejection }: BalancerOptions): readonly string[] {
  const urls = weightedUrls(targets);
  const faults = urls.flatMap(({ url }) => {
    const fault = urlFault(url);
    return fault === undefined ? [] : [`targets: "${url}" ${fault}`];
  });
  if (urls.length === 0) faults.push("targets: there is none");
  else if (urls.every(({ weight }) => weight === 0)) faults.push("targets: all weights are 0, so that none gets a request");
  for (const url of new Set(urls.map((one) => one.url).filter((one, index, all) => all.indexOf(one) !== index)))
    faults.push(`targets: "${url}" is there twice; give it a weight instead`);
  if (hashBy !== undefined && balance !== "hash") faults.push(`hashBy says nothing with balance: ${balance}; expected balance: hash`);
  if (ejection.maxTime < ejection.time) faults.push("ejection: maxTime is shorter than time");
  return faults;
}

function urlFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    return "is no http or https address; expected such as http://10.0.0.5:8080";
  if (url.username !== "" || url.password !== "") return "has a user; send credentials in requestHeaders";
  if (url.search !== "" || url.hash !== "") return "has a query or a fragment; expected origin and path";
  return undefined;
}
