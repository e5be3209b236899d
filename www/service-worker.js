// The page without a network. Always: what the network answers comes first, so that a page is never older
// than its server's; without it, files of one build answer, the one that BUILD names (the build writes it
// above). Recordings and the like are kept once the page asks for that: a first visit should not wait for them.

/** Each copy of the page on an origin has its own scope: what the others keep is theirs. No scope has a space in it. */
const NAME = `twingate-memory ${registration.scope} `;
const CACHE = NAME + BUILD.version;

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(keep(BUILD.files));
});

addEventListener("activate", (event) => event.waitUntil(takeOver()));

addEventListener("message", (event) => {
  if (event.data === "keep the rest") event.waitUntil(keep(BUILD.later));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const ours = request.method === "GET" && request.url.startsWith(registration.scope);
  if (ours) event.respondWith(fetch(request).catch((error) => kept(request, error)));
});

async function keep(files) {
  const cache = await caches.open(CACHE);
  const missing = await Promise.all(files.map(async (file) => !(await cache.match(file)) && file));
  // What the browser keeps by itself may be of the build before, under the same name.
  await cache.addAll(missing.filter(Boolean).map((file) => new Request(file, { cache: "no-cache" })));
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(NAME) && name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}

async function kept(request, error) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request.mode === "navigate" ? "./" : request, { ignoreSearch: true });
  if (found) return found;
  throw error;
}
