// Serves dist/page on this machine only, cross-origin isolated so that the page may share memory
// with workers. Files are read anew at each request: a rebuild needs only a reload.
import { createServer } from "node:http";
import { join } from "node:path";
import { dist } from "./paths.mjs";
import { SetupError } from "./progress.mjs";

const host = "127.0.0.1";
const usual = 8080;
const tries = 20;

const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cache-Control": "no-cache",
};

/** Resolves to the page's URL. Without a port, the first free one from 8080 on. */
export async function serve(port) {
  // Imported here: npm packages may have been installed only a moment ago.
  const { default: sirv } = await import("sirv");
  const files = sirv(join(dist, "page"), { dev: true });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    files(request, response, () => response.writeHead(404).end("Not found\n"));
  });
  const ports = port === undefined ? Array.from({ length: tries }, (_, i) => usual + i) : [port];
  for (const candidate of ports) {
    if (await listens(server, candidate)) return `http://${host}:${server.address().port}/`;
  }
  throw new SetupError(port === undefined
    ? `Ports ${ports[0]} to ${ports.at(-1)} are all in use: choose another with \`PORT=9000 npm start\`.`
    : `Port ${port} cannot be used: choose another, say \`PORT=${port < 65535 ? port + 1 : usual} npm start\`.`);
}

/** The port that PORT asks for; undefined when it is not set. */
export function portFrom(text) {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new SetupError(`PORT is "${text}", which is not a port: use a number up to 65535, say \`PORT=8080 npm start\`.`);
}

function listens(server, port) {
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      resolve(true);
    });
  });
}
