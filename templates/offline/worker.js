// Keeps the form for calls while the server is away. Its folder is all that it sees; of everything else it keeps
// only the files that the form itself needs, under addresses that carry their fingerprint.
const FORM = {{ form | tojson }};
const FILES = [FORM{% for name in assets %}, {{ asset(name) | tojson }}{% endfor %}];
const SHELF = "offline-" + {{ asset('js/offline.js') | tojson }};
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name))));
  event.waitUntil(others.then(() => self.clients.claim()));
});

async function page(request) {
  const shelf = await caches.open(SHELF);
  try {
    const answer = await Promise.race([fetch(request), new Promise((_, fail) => setTimeout(fail, PATIENCE))]);
    // A login page in its place must not push the form out.
    if (answer?.ok && !answer.redirected) await shelf.put(FORM, answer.clone());
    if (answer && answer.status < 500) return answer;
  } catch { /* the server is away */ }
  return (await shelf.match(FORM)) ?? Response.error();
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (FILES.includes(url.pathname + url.search)) event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});
