/* Finds a number whose hash, behind the server's salt, begins with so many zero bits. */
'use strict';

const BATCH = 64;
const encoder = new TextEncoder();

onmessage = async function (event) {
  const beginsWithZeros = (digest) => new DataView(digest).getUint32(0) >>> (32 - event.data.bits) === 0;
  for (let first = 0; ; first += BATCH) {
    const digests = await Promise.all(Array.from({ length: BATCH }, (_, at) =>
      crypto.subtle.digest('SHA-256', encoder.encode(event.data.salt + ':' + (first + at)))));
    const found = digests.findIndex(beginsWithZeros);
    if (found >= 0) {
      postMessage(String(first + found));
      return;
    }
  }
};
