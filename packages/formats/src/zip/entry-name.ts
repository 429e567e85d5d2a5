/** Whether a name leads out of the folder into which an archive is unpacked, on any system. */
export function isUnsafeName(name: string): boolean {
  return name === "" || /^[/\\]|^[A-Za-z]:|\\|\0/.test(name) || name.split("/").includes("..");
}
