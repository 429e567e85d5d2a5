// Plain old JavaScript: any Node that npm runs on must get as far as the message.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    "Portolan needs Node.js 24 or newer, found " +
      process.version +
      " on " +
      process.platform +
      " " +
      process.arch +
      ".\n" +
      "npm ci installs Node.js 26 into node_modules for Linux, macOS and Windows; here it is missing.\n" +
      "Run npm ci without --omit=optional, or install Node.js 24 or newer yourself: https://nodejs.org\n",
  );
  process.exit(1);
}
