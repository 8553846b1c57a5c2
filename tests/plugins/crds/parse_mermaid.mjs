// Parses diagrams with the real mermaid: node parse_mermaid.mjs MODULES FILE...
// MODULES is a node_modules folder with mermaid and jsdom. Prints one JSON line for each file:
// its type and its classes, relations and namespaces. Fails when one does not parse.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;

const { default: mermaid } = await import(
  pathToFileURL(`${modules}/mermaid/dist/mermaid.core.mjs`)
);
mermaid.initialize({ startOnLoad: false, maxTextSize: 10_000_000, maxEdges: 100_000 });
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const { diagramType } = await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const sizes = [db.getClasses(), db.getNamespaces()].map((each) =>
    each instanceof Map ? each.size : Object.keys(each).length,
  );
  const relations = db.getRelations().length;
  console.log(JSON.stringify({ diagramType, classes: sizes[0], namespaces: sizes[1], relations }));
}
