// Nobody is signed in: what a tablet kept of its last state goes.
for (const name of await globalThis.caches?.keys() ?? []) if (name.startsWith("mien-tablet-")) await caches.delete(name);
