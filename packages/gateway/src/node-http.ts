/**
 * Node's HTTP module without its ES module face: importing that reads every one of its exports, of which three load Node's whole
 * fetch implementation. Measured at start: 100 ms of CPU time and 16 MB less this way.
 */
export const { createServer, ServerResponse, STATUS_CODES } = process.getBuiltinModule("node:http");
