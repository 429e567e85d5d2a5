/** One or more targets: an address, with `*` for any text, such as `rest:POST https://erp.example/*`; a connector's name; or a system. */
export type TargetChoice = string | { readonly system: string } | { readonly name: string };

/** A target as a choice sees it. */
export interface ChosenTarget {
  readonly address: string;
  readonly connector: string;
  readonly system: string | undefined;
}

/** Whether a choice takes a target. */
export function chooser(choice: TargetChoice): (target: ChosenTarget) => boolean {
  if (typeof choice !== "string") {
    const name = "system" in choice ? choice.system : choice.name;
    return (target) => target.system === name;
  }
  const pattern = new RegExp(`^${choice.split("*").map(RegExp.escape).join(".*")}$`, "s");
  return ({ address, connector }) => connector === choice || pattern.test(address);
}

export function choiceText(choice: TargetChoice): string {
  if (typeof choice === "string") return choice;
  return `system ${"system" in choice ? choice.system : choice.name}`;
}
