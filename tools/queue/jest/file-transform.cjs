// Jest's transform of imported files that are not code: what the bundle gives for them, a spec gets too.
const { readFileSync } = require('node:fs');
const { extname } = require('node:path');
const { bytes, text } = require('../bundle/files/file-kinds.json');

/** For Jest's `transform`: a pattern of the endings. */
const pattern = `\\.(?:${[...text, ...bytes].map((ending) => ending.slice(1)).join('|')})$`;

function process(source, path) {
  // Jest has decoded the file as text, which does no harm to a text only.
  const value = bytes.includes(extname(path))
    ? `Uint8Array.from(Buffer.from('${readFileSync(path, 'base64')}', 'base64'))`
    : JSON.stringify(source);
  return { code: `module.exports = { __esModule: true, default: ${value} };` };
}

module.exports = { pattern, process };
