// Node-RED as it comes, without the editor, which serves nobody here.
module.exports = {
  uiHost: "127.0.0.1",
  disableEditor: true,
  credentialSecret: false,
  flowFile: `${__dirname}/flows.json`,
  logging: { console: { level: "info", metrics: false, audit: false } },
};
